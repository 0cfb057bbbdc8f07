package dev.backfill.api.store;

/**
 * The result of a commit.
 *
 * @param counts the sink's counts
 * @param status the backfill's status now; a user's request to pause or cancel shows here
 * @param counters the counters after the commit; for a repeated attempt, the counters now
 */
public record CommitResult(SinkCounts counts, BackfillStatus status, Backfill.Counters counters) {}
