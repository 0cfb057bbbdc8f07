/** Formats, tables and JSON of all commands. */
@NullMarked
package dev.backfill.cli.text;

import org.jspecify.annotations.NullMarked;
