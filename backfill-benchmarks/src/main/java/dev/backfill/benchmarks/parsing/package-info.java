/** The cost of parsing GitHub's answers. */
@NullMarked
package dev.backfill.benchmarks.parsing;

import org.jspecify.annotations.NullMarked;
