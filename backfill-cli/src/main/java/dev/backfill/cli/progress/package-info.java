/** Progress of a run on a terminal or in a log. */
@NullMarked
package dev.backfill.cli.progress;

import org.jspecify.annotations.NullMarked;
