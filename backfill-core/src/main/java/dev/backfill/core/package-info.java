/**
 * The entry points of the library: a {@link dev.backfill.core.BackfillEngine} runs slices of {@link
 * dev.backfill.core.run.BackfillSpec}s, and a {@link dev.backfill.core.BackfillRunner} drives jobs
 * to their end.
 *
 * <p>The promise: every item of the history arrives exactly once, at the speed that the quota
 * allows, and a user who asks why a backfill is waiting gets an answer.
 */
@NullMarked
package dev.backfill.core;

import org.jspecify.annotations.NullMarked;
