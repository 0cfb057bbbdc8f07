/** The commands: they map options to library calls and results to exit codes. */
@NullMarked
package dev.backfill.cli.command;

import org.jspecify.annotations.NullMarked;
