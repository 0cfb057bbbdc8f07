/** Orchestration: which jobs are to run, why, when and where; and what runs them elsewhere. */
@NullMarked
package dev.backfill.api.job;

import org.jspecify.annotations.NullMarked;
