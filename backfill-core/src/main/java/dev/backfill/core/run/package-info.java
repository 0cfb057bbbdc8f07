/** The input and the output of a run: specs, limits, options, results. */
@NullMarked
package dev.backfill.core.run;

import org.jspecify.annotations.NullMarked;
