package dev.backfill.core.run;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.store.SinkCounts;

/**
 * What a stretch of work has committed.
 *
 * @param chunks chunks
 * @param items items that went to the sink
 * @param inserted items of these that were new
 * @param updated items of these that replaced an older copy
 * @param quarantined items that went to quarantine
 * @param quotaSpent units of quota that it cost, also where nothing new was found
 */
public record SliceCounts(
    long chunks, long items, long inserted, long updated, long quarantined, long quotaSpent) {

  /** Nothing was committed. */
  public static final SliceCounts NONE = new SliceCounts(0, 0, 0, 0, 0, 0);

  /**
   * Adds up two stretches of work.
   *
   * @param other the other stretch
   * @return both together
   */
  public SliceCounts plus(SliceCounts other) {
    return new SliceCounts(
        chunks + other.chunks,
        items + other.items,
        inserted + other.inserted,
        updated + other.updated,
        quarantined + other.quarantined,
        quotaSpent + other.quotaSpent);
  }

  /** What a chunk cost that held nothing, and so was not committed. */
  public static SliceCounts unstored(Chunk<?> chunk) {
    return new SliceCounts(0, 0, 0, 0, 0, chunk.quotaSpent());
  }

  public static SliceCounts of(Chunk<?> chunk, SinkCounts sink) {
    return new SliceCounts(
        1,
        chunk.items().size(),
        sink.inserted(),
        sink.updated(),
        chunk.rejected().size(),
        chunk.quotaSpent());
  }
}
