/** A whole history from GitHub into PostgreSQL, each contestant in a process of its own. */
@NullMarked
package dev.backfill.benchmarks.endtoend;

import org.jspecify.annotations.NullMarked;
