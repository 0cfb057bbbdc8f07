package dev.backfill.api.store;

import dev.backfill.api.source.Cursor;
import java.time.Instant;
import java.util.UUID;

/**
 * A chunk as it is stored: what it was, why it had its size, what it cost, who committed it.
 *
 * @param number its number; from 1, without gaps
 * @param attemptId the attempt that stored it
 * @param counts what it held
 * @param before where it began
 * @param after where the next one begins
 * @param measures how it was sized and what it cost
 * @param commitment who committed it
 */
public record CommittedChunk(
    long number,
    UUID attemptId,
    Counts counts,
    Cursor before,
    Cursor after,
    ChunkCommit.Measures measures,
    Commitment commitment) {

  /**
   * What a chunk held.
   *
   * @param items items that went to the sink
   * @param inserted items of these that were new
   * @param updated items of these that replaced an older copy
   * @param quarantined items that went to quarantine
   */
  public record Counts(int items, int inserted, int updated, int quarantined) {}

  /**
   * Who committed a chunk.
   *
   * @param worker the lease's owner
   * @param fence the lease's fence
   * @param committedAt when, on the store's clock
   */
  public record Commitment(String worker, long fence, Instant committedAt) {}
}
