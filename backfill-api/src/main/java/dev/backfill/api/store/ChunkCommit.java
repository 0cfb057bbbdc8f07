package dev.backfill.api.store;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A chunk with everything that is stored about it.
 *
 * @param number the chunk's number; exactly the backfill's next one
 * @param attemptId the id of this attempt; the same for every repetition, so that an attempt that
 *     was stored although the answer was lost is found again
 * @param before the place where the chunk began
 * @param chunk the items, and the place of the next one
 * @param decision the policy's decision that led to the chunk: its size, the reason for it, and the
 *     basis of both; stored with the chunk
 * @param quotaRemaining units of quota that are left after it, or null if unknown
 * @param active the time that the work took, without any waiting
 * @param startedAt when the work began, on the worker's clock
 * @param total the number of items of the history, as known now; used in phase {@link
 *     dev.backfill.api.source.Phase#HISTORY} only
 * @param itemKeys the keys of the chunk's items, so that those in quarantine leave it; empty if the
 *     backfill has nothing in quarantine, which saves the store the search
 * @param <T> the kind of item
 */
public record ChunkCommit<T>(
    long number,
    UUID attemptId,
    Cursor before,
    Chunk<T> chunk,
    Decision.Proceed decision,
    @Nullable Long quotaRemaining,
    Duration active,
    Instant startedAt,
    Total total,
    List<String> itemKeys) {

  /** Copies the keys. */
  public ChunkCommit {
    itemKeys = List.copyOf(itemKeys);
  }

  /**
   * Creates a commit for a backfill that has nothing in quarantine.
   *
   * @param number the chunk's number; exactly the backfill's next one
   * @param attemptId the id of this attempt; the same for every repetition
   * @param before the place where the chunk began
   * @param chunk the items, and the place of the next one
   * @param decision the policy's decision that led to the chunk
   * @param quotaRemaining units of quota that are left after it, or null if unknown
   * @param active the time that the work took, without any waiting
   * @param startedAt when the work began, on the worker's clock
   * @param total the number of items of the history, as known now
   */
  public ChunkCommit(
      long number,
      UUID attemptId,
      Cursor before,
      Chunk<T> chunk,
      Decision.Proceed decision,
      @Nullable Long quotaRemaining,
      Duration active,
      Instant startedAt,
      Total total) {
    this(
        number,
        attemptId,
        before,
        chunk,
        decision,
        quotaRemaining,
        active,
        startedAt,
        total,
        List.of());
  }

  /**
   * Returns this commit at another place.
   *
   * @param otherNumber the chunk's number
   * @param otherBefore the place where the chunk began
   * @return a commit that has everything else from this one
   */
  public ChunkCommit<T> withPlace(long otherNumber, Cursor otherBefore) {
    return new ChunkCommit<>(
        otherNumber,
        attemptId,
        otherBefore,
        chunk,
        decision,
        quotaRemaining,
        active,
        startedAt,
        total,
        itemKeys);
  }

  /**
   * Returns this commit as another attempt.
   *
   * @param other the id of the attempt
   * @return a commit that has everything else from this one
   */
  public ChunkCommit<T> withAttemptId(UUID other) {
    return new ChunkCommit<>(
        number, other, before, chunk, decision, quotaRemaining, active, startedAt, total, itemKeys);
  }

  /**
   * Returns this commit of another chunk.
   *
   * @param other the chunk
   * @return a commit that has everything else from this one
   */
  public ChunkCommit<T> withChunk(Chunk<T> other) {
    return new ChunkCommit<>(
        number,
        attemptId,
        before,
        other,
        decision,
        quotaRemaining,
        active,
        startedAt,
        total,
        itemKeys);
  }

  /**
   * Returns this commit with another total.
   *
   * @param other the number of items of the history
   * @return a commit that has everything else from this one
   */
  public ChunkCommit<T> withTotal(Total other) {
    return new ChunkCommit<>(
        number,
        attemptId,
        before,
        chunk,
        decision,
        quotaRemaining,
        active,
        startedAt,
        other,
        itemKeys);
  }

  /**
   * Returns this commit with other keys.
   *
   * @param other the keys of the chunk's items
   * @return a commit that has everything else from this one
   */
  public ChunkCommit<T> withItemKeys(List<String> other) {
    return new ChunkCommit<>(
        number,
        attemptId,
        before,
        chunk,
        decision,
        quotaRemaining,
        active,
        startedAt,
        total,
        other);
  }

  /**
   * Returns the keys of the items that leave the quarantine with this commit if they are in it.
   *
   * @return the {@linkplain #itemKeys() items' keys}, each once, without those that the chunk also
   *     rejects
   */
  public Set<String> storedKeys() {
    Set<String> keys = new LinkedHashSet<>(itemKeys);
    chunk.rejected().forEach(item -> keys.remove(item.key()));
    return keys;
  }

  /**
   * Returns the rejected items for the quarantine.
   *
   * @return each key once, with its last error, in the chunk's order
   */
  public List<RejectedItem> rejectedOnce() {
    Map<String, RejectedItem> items = new LinkedHashMap<>();
    chunk.rejected().forEach(item -> items.put(item.key(), item));
    return List.copyOf(items.values());
  }
}
