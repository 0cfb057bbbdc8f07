/** Runs everything, and makes the tables and charts of the documentation. */
@NullMarked
package dev.backfill.benchmarks.report;

import org.jspecify.annotations.NullMarked;
