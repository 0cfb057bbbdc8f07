/** What a chunk costs, by its size. One question a class. */
@NullMarked
package dev.backfill.benchmarks;

import org.jspecify.annotations.NullMarked;
