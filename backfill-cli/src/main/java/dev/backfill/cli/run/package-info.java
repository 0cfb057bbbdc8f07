/** A run: its plan, its stores, its session and its report. */
@NullMarked
package dev.backfill.cli.run;

import org.jspecify.annotations.NullMarked;
