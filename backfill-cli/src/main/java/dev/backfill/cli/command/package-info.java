/** The commands: options in, library calls, exit codes out. */
@NullMarked
package dev.backfill.cli.command;

import org.jspecify.annotations.NullMarked;
