package dev.backfill.api.store;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
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
 * @param total how many items the history has, as known now; looked at in phase {@link
 *     dev.backfill.api.source.Phase#HISTORY} only
 * @param itemKeys the keys of the chunk's items, so that those that are in quarantine leave it;
 *     empty when the backfill has nothing in quarantine, which saves the store the search
 * @param <T> the kind of item
 */
public record ChunkCommit<T>(
    long number,
    UUID attemptId,
    Cursor before,
    Chunk<T> chunk,
    Measures measures,
    Total total,
    List<String> itemKeys) {

  /** Copies the keys. */
  public ChunkCommit {
    itemKeys = List.copyOf(itemKeys);
  }

  /**
   * A chunk of a backfill that has nothing in quarantine.
   *
   * @param number the chunk's number; exactly the backfill's next one
   * @param attemptId names this attempt; the same for every repetition of it
   * @param before where the chunk began
   * @param chunk the items, and where the next one is
   * @param measures how it was sized and what it cost
   * @param total how many items the history has, as known now
   */
  public ChunkCommit(
      long number, UUID attemptId, Cursor before, Chunk<T> chunk, Measures measures, Total total) {
    this(number, attemptId, before, chunk, measures, total, List.of());
  }

  /**
   * Whether the chunk is the next one.
   *
   * @param position where the backfill stands
   * @return true when it has the next number and begins where the cursor is
   */
  public boolean follows(Backfill.Position position) {
    return number == position.nextChunkNumber() && before.equals(position.of(chunk.phase()));
  }

  /**
   * What a store throws for a chunk that does not {@linkplain #follows follow}.
   *
   * @param backfill the backfill as it is stored
   * @return the failure
   */
  public PermanentFailureException outOfSequence(Backfill backfill) {
    return new PermanentFailureException(
        PermanentFailureException.Reason.OUT_OF_SEQUENCE,
        String.format(
            Locale.ROOT,
            "Chunk %d of %s does not follow what is stored, whose next chunk is %d: the store has"
                + " lost or changed what it had confirmed, as a failover or synchronous_commit=off"
                + " can. Nothing was written, and what is stored stays; run again to go on from"
                + " there.",
            number,
            backfill.key(),
            backfill.position().nextChunkNumber()),
        null);
  }

  /**
   * The keys under which items leave the quarantine with this commit, where they are in it.
   *
   * @return the {@linkplain #itemKeys() items' keys}, each once, but for those that the chunk also
   *     rejects
   */
  public Set<String> storedKeys() {
    Set<String> keys = new LinkedHashSet<>(itemKeys);
    chunk.rejected().forEach(item -> keys.remove(item.key()));
    return keys;
  }

  /**
   * The rejected items for the quarantine.
   *
   * @return each key once, with what was said of it last, in the chunk's order
   */
  public List<RejectedItem> rejectedOnce() {
    Map<String, RejectedItem> items = new LinkedHashMap<>();
    chunk.rejected().forEach(item -> items.put(item.key(), item));
    return List.copyOf(items.values());
  }

  /**
   * How a chunk was sized and what it cost.
   *
   * @param requestedSize the size that the policy asked for; at least 1
   * @param sizeReason why, in the policy's words
   * @param quotaSpent units of quota that it cost
   * @param quotaRemaining units left after it, or null when unknown
   * @param active how long the work took, without any waiting
   * @param startedAt when the work began, on the worker's clock
   * @param sizeBasis what the size was worked out from, in the policy's own format: {@link
   *     dev.backfill.api.policy.Decision.Proceed#basis()}; null when it kept none
   */
  public record Measures(
      int requestedSize,
      String sizeReason,
      long quotaSpent,
      @Nullable Long quotaRemaining,
      Duration active,
      Instant startedAt,
      @Nullable String sizeBasis) {

    /**
     * A chunk whose size's basis is not kept.
     *
     * @param requestedSize the size that the policy asked for; at least 1
     * @param sizeReason why, in the policy's words
     * @param quotaSpent units of quota that it cost
     * @param quotaRemaining units left after it, or null when unknown
     * @param active how long the work took, without any waiting
     * @param startedAt when the work began, on the worker's clock
     */
    public Measures(
        int requestedSize,
        String sizeReason,
        long quotaSpent,
        @Nullable Long quotaRemaining,
        Duration active,
        Instant startedAt) {
      this(requestedSize, sizeReason, quotaSpent, quotaRemaining, active, startedAt, null);
    }
  }
}
