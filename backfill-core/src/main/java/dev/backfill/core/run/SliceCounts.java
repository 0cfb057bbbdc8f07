package dev.backfill.core.run;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.store.SinkCounts;

/**
 * The counts of what a slice or a run has committed.
 *
 * @param chunks the number of chunks
 * @param items the number of items that went to the sink
 * @param inserted the number of these that were new
 * @param updated the number of these that replaced an older copy
 * @param quarantined the number of items that went to quarantine
 * @param quotaSpent units of quota that it cost, also if nothing new was found
 */
public record SliceCounts(
    long chunks, long items, long inserted, long updated, long quarantined, long quotaSpent) {

  /** Nothing was committed. */
  public static final SliceCounts NONE = new SliceCounts(0, 0, 0, 0, 0, 0);

  /**
   * Adds counts.
   *
   * @param other the other counts
   * @return the sums
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

  /** Returns the cost of an empty chunk, which was not committed. */
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
