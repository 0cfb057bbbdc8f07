/** What understanding GitHub's answers costs. */
@NullMarked
package dev.backfill.benchmarks.parsing;

import org.jspecify.annotations.NullMarked;
