/** What committing chunks costs, beside other ways to store the same rows. */
@NullMarked
package dev.backfill.benchmarks.commit;

import org.jspecify.annotations.NullMarked;
