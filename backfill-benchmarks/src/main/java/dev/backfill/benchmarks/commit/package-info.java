/** The cost of commits of chunks, beside other ways to store the same rows. */
@NullMarked
package dev.backfill.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
