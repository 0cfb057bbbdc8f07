/** The cost of a chunk by its size, with one class for each question. */
@NullMarked
package dev.backfill.benchmarks;

import org.jspecify.annotations.NullMarked;
