package dev.backfill.api.store;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A backfill as it is stored, at the moment it was read.
 *
 * @param id its number
 * @param key its source and target
 * @param state where it stands
 * @param position where it goes on
 * @param counters how far it is
 * @param holder who holds the lease, or null when nobody does; a lease that has expired is still
 *     shown
 * @param timeline when things happened
 */
public record Backfill(
    BackfillId id,
    BackfillKey key,
    State state,
    Position position,
    Counters counters,
    @Nullable Holder holder,
    Timeline timeline) {

  /**
   * Where a backfill stands.
   *
   * @param status its status
   * @param phase what part of its work it is in
   * @param waiting until when and why it waits, or null when it does not
   * @param consecutiveFailures failed attempts since the last committed chunk; 0 or more
   * @param lastError the last failure's message, or null when there was none since the last
   *     committed chunk
   * @param triggerReason why the backfill was created, such as {@code manual}
   * @param note the source's remark on the last completion, such as {@code GitHub has pull requests
   *     switched off}; null without one, and after a restart
   */
  public record State(
      BackfillStatus status,
      Phase phase,
      @Nullable Waiting waiting,
      int consecutiveFailures,
      @Nullable String lastError,
      String triggerReason,
      @Nullable String note) {

    /**
     * Creates a state without a note.
     *
     * @param status its status
     * @param phase what part of its work it is in
     * @param waiting until when and why it waits, or null when it does not
     * @param consecutiveFailures failed attempts since the last committed chunk; 0 or more
     * @param lastError the last failure's message, or null
     * @param triggerReason why the backfill was created
     */
    public State(
        BackfillStatus status,
        Phase phase,
        @Nullable Waiting waiting,
        int consecutiveFailures,
        @Nullable String lastError,
        String triggerReason) {
      this(status, phase, waiting, consecutiveFailures, lastError, triggerReason, null);
    }
  }

  /**
   * A wait that ends by itself.
   *
   * @param until when it ends, by the clock of the worker that left it
   * @param reason what it waits for, in a few words
   */
  public record Waiting(Instant until, String reason) {

    /**
     * For how long a wait counts at most after it was stored: 2 hours, in case the clock of the
     * worker that left it was wrong.
     */
    public static final Duration MAX = Duration.ofHours(2);
  }

  /**
   * Returns the source's remark on the last completion.
   *
   * @return one sentence, or null without a remark
   */
  public @Nullable String note() {
    return state.note();
  }

  /**
   * Until when a wait keeps everybody from this backfill.
   *
   * @return the wait's end, or {@link Waiting#MAX} after the row last changed where that is sooner;
   *     null when it does not wait
   */
  public @Nullable Instant waitsUntil() {
    Waiting waiting = state.waiting();
    if (waiting == null || state.status() != BackfillStatus.WAITING) {
      return null;
    }
    Instant max = timeline.updatedAt().plus(Waiting.MAX);
    return waiting.until().isBefore(max) ? waiting.until() : max;
  }

  /**
   * Where a backfill goes on.
   *
   * @param cursor where its next item is
   * @param nextChunkNumber the number that its next chunk gets; 1 before the first
   * @param chunkSize the size that was last asked for; 0 before the first chunk
   * @param verified where its verification goes on; {@link Cursor#START} when none is under way
   */
  public record Position(Cursor cursor, long nextChunkNumber, int chunkSize, Cursor verified) {

    /**
     * A place without a verification under way.
     *
     * @param cursor where its next item is
     * @param nextChunkNumber the number that its next chunk gets; 1 before the first
     * @param chunkSize the size that was last asked for; 0 before the first chunk
     */
    public Position(Cursor cursor, long nextChunkNumber, int chunkSize) {
      this(cursor, nextChunkNumber, chunkSize, Cursor.START);
    }

    /**
     * The cursor that a phase moves.
     *
     * @param phase the phase
     * @return that of the verification in phase {@link Phase#VERIFY}, else that of the history
     */
    public Cursor of(Phase phase) {
      return phase == Phase.VERIFY ? verified : cursor;
    }
  }

  /**
   * How far a backfill is.
   *
   * @param total how many items its history has, as last known
   * @param processed items that the cursor has passed: stored and quarantined; once the history was
   *     read to its end, items that are stored or in quarantine, as counted where they are by a
   *     sink that can; 0 or more
   * @param quarantined items that are in quarantine; 0 or more
   */
  public record Counters(Total total, long processed, long quarantined) {

    /**
     * The counters after a commit: the one place where this rule is written down. An item of the
     * history counts when it is passed. One that is {@linkplain Phase#readsAgain() read again}
     * counts only when it is new: when the sink inserted it and it did not come out of quarantine,
     * or when it went to quarantine and was not there. What a catch-up leaves is all there is, so
     * the total is then exact.
     *
     * @param commit the chunk
     * @param sink what the sink did with its items
     * @param entered items that are in quarantine now and were not before; 0 or more
     * @param remaining items that were in quarantine and are stored now; 0 or more
     * @return the counters to store; their total is never smaller than what is processed
     */
    public Counters after(ChunkCommit<?> commit, SinkCounts sink, int entered, int remaining) {
      Phase phase = commit.chunk().phase();
      long counted =
          phase.readsAgain()
              ? Math.max(0, sink.inserted() - remaining) + entered
              : commit.chunk().size();
      long passed = processed + counted;
      return new Counters(
          totalAfter(phase, commit.total(), passed),
          passed,
          Math.max(0, quarantined + entered - remaining));
    }

    /**
     * The counters of a history whose items were counted where they are stored.
     *
     * @param counted items that are stored or in quarantine; 0 or more
     * @return these, with that figure as what was processed and as the exact total
     */
    public Counters counted(long counted) {
      return new Counters(Total.exact(counted), counted, quarantined);
    }

    /**
     * The counters after a count of the items where they are, while a backfill is being worked on:
     * rows can have been removed, or written by others, since they were passed.
     *
     * @param seen items that are stored or in quarantine; negative where the sink cannot count, and
     *     what was processed then stays
     * @param inQuarantine items that are in quarantine; 0 or more
     * @return the counters to store; the total stays, and is never smaller than what is processed
     */
    public Counters recounted(long seen, long inQuarantine) {
      long existing = seen < 0 ? processed : seen;
      return new Counters(atLeast(existing), existing, inQuarantine);
    }

    private Total totalAfter(Phase phase, Total stated, long passed) {
      return switch (phase) {
        case HISTORY -> stated;
        case CATCH_UP -> Total.exact(passed);
        case RETRY, VERIFY -> atLeast(passed);
      };
    }

    private Total atLeast(long passed) {
      return total.isKnown() && total.count() < passed ? new Total(total.kind(), passed) : total;
    }
  }

  /**
   * Who holds the lease.
   *
   * @param owner the name that the worker gave
   * @param expiresAt when the lease ends unless it is renewed, on the store's clock
   * @param expired whether it had ended when this was read, by the store's clock
   */
  public record Holder(String owner, Instant expiresAt, boolean expired) {}

  /**
   * When things happened, on the store's clock.
   *
   * @param createdAt when the backfill was registered
   * @param startedAt when it was first claimed, or null before
   * @param updatedAt when its row last changed
   * @param completedAt when it last completed, or null before
   */
  public record Timeline(
      Instant createdAt,
      @Nullable Instant startedAt,
      Instant updatedAt,
      @Nullable Instant completedAt) {}
}
