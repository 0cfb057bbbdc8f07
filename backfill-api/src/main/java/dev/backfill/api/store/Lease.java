package dev.backfill.api.store;

import java.time.Duration;

/**
 * The right to commit, until somebody with a newer fence has it.
 *
 * @param backfill what it is for
 * @param fence a number that grows with each claim; checked inside every commit
 * @param owner the worker that holds it
 * @param timeToLive how long each renewal lasts
 */
public record Lease(BackfillId backfill, long fence, String owner, Duration timeToLive) {}
