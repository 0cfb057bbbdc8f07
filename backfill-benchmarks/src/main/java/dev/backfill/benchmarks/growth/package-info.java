/** The statements of the library on tables that have grown for years. */
@NullMarked
package dev.backfill.benchmarks.growth;

import org.jspecify.annotations.NullMarked;
