package dev.backfill.api.report;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A failure that a user or operator has to fix.
 *
 * @param key source and target of the backfill
 * @param failure the failure; its message names the fix
 * @param chunkNumber number of the chunk that could not be fetched or stored; 1 or more
 * @param cursor place of the next item, where the next run continues
 * @param attempts failed attempts in a row; 1 or more
 * @param at time of the failure, on the worker's clock
 * @param worker name of the worker, as in its lease
 * @param executor place where the worker runs, such as {@code local} or {@code github-actions}
 * @param quota quota that is left by the API's last response, or null if none named it
 */
public record FailureReport(
    BackfillKey key,
    BackfillException failure,
    long chunkNumber,
    Cursor cursor,
    int attempts,
    Instant at,
    String worker,
    String executor,
    @Nullable Quota quota) {}
