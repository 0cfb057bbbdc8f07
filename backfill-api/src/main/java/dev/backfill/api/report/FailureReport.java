package dev.backfill.api.report;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;

/**
 * A failure that a person has to act on.
 *
 * @param key which backfill
 * @param failure what went wrong; its message says what to do
 * @param chunkNumber the chunk that could not be brought or stored
 * @param cursor where it stopped, and goes on
 * @param attempts how many attempts failed in a row; at least 1
 * @param at when, on the worker's clock
 */
public record FailureReport(
    BackfillKey key,
    BackfillException failure,
    long chunkNumber,
    Cursor cursor,
    int attempts,
    Instant at) {}
