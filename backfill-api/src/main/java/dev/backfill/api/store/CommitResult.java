package dev.backfill.api.store;

/**
 * What the holder learns from a commit.
 *
 * @param counts what the sink did
 * @param status where the backfill stands now: a person's request to pause or cancel shows here
 * @param counters how far the backfill is after the commit; for a repeated attempt, how far it is
 *     now
 */
public record CommitResult(SinkCounts counts, BackfillStatus status, Backfill.Counters counters) {}
