package dev.backfill.api.store;

import java.time.Duration;

/**
 * The right to commit, until another worker has it with a newer fence.
 *
 * @param backfill the backfill
 * @param fence a number that grows with each claim; checked inside every commit
 * @param owner the worker that holds it
 * @param timeToLive the duration of each renewal
 */
public record Lease(BackfillId backfill, long fence, String owner, Duration timeToLive) {}
