package dev.backfill.api.store;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk with everything that is stored about it.
 *
 * @param number the chunk's number; exactly the backfill's next one
 * @param attemptId names this attempt; the same for every repetition of it, so that one that was
 *     stored although the answer was lost is found again
 * @param before where the chunk began
 * @param chunk the items, and where the next one is
 * @param measures how it was sized and what it cost
 * @param total how many items the history has, as known now
 * @param <T> the kind of item
 */
public record ChunkCommit<T>(
    long number, UUID attemptId, Cursor before, Chunk<T> chunk, Measures measures, Total total) {

  /**
   * How a chunk was sized and what it cost.
   *
   * @param requestedSize the size that the policy asked for; at least 1
   * @param sizeReason why, in the policy's words
   * @param quotaSpent units of quota that it cost
   * @param quotaRemaining units left after it, or null when unknown
   * @param active how long the work took, without any waiting
   * @param startedAt when the work began, on the worker's clock
   */
  public record Measures(
      int requestedSize,
      String sizeReason,
      long quotaSpent,
      @Nullable Long quotaRemaining,
      Duration active,
      Instant startedAt) {}
}
