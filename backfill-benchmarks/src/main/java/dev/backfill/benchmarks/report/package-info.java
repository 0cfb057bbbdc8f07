/** A runner of all benchmarks, and the tables and charts of the documentation. */
@NullMarked
package dev.backfill.benchmarks.report;

import org.jspecify.annotations.NullMarked;
