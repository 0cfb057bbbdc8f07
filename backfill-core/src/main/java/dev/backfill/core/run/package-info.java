/** What a caller passes to a run and gets from it: specs, limits, options, counts, results. */
@NullMarked
package dev.backfill.core.run;

import org.jspecify.annotations.NullMarked;
