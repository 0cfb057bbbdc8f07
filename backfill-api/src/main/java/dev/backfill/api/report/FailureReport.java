package dev.backfill.api.report;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a person has to act on.
 *
 * @param key which backfill
 * @param failure what went wrong; its message says what to do
 * @param chunkNumber the chunk that could not be brought or stored
 * @param cursor where it stopped, and goes on
 * @param attempts how many attempts failed in a row; at least 1
 * @param at when, on the worker's clock
 * @param where where it happened
 */
public record FailureReport(
    BackfillKey key,
    BackfillException failure,
    long chunkNumber,
    Cursor cursor,
    int attempts,
    Instant at,
    Where where) {

  /**
   * Where a failure happened.
   *
   * @param worker the name of the worker, which holds a lease under it
   * @param executor where the worker runs, such as {@code local} or {@code github-actions}
   * @param quota what the API last said is left, or null when it said nothing
   */
  public record Where(String worker, String executor, @Nullable Quota quota) {}
}
