package dev.backfill.api.store;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.policy.Decision.Wait;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A backfill as it was stored at the moment of reading.
 *
 * @param id the backfill's number
 * @param key source and target
 * @param status the current status
 * @param phase the part of the work that is under way, or was last
 * @param waiting end and reason of the wait, or null when the backfill does not wait
 * @param consecutiveFailures failed attempts since the last committed chunk; 0 or more
 * @param lastError message of the last failure, or null without a failure since the last committed
 *     chunk
 * @param triggerReason reason for the registration, such as {@code manual}
 * @param note the source's remark on the last completion, such as {@code GitHub has pull requests
 *     switched off}; one sentence; null without a remark, and after a rewind
 * @param cursor place of the next item in the history
 * @param nextChunkNumber number of the next chunk; 1 before the first
 * @param chunkSize items that the last chunk was to have; 0 before the first chunk
 * @param verifyCursor place of the next item in the verification; {@link Cursor#START} when none is
 *     under way
 * @param counters numbers of items: in the history, processed and in quarantine
 * @param holder the worker that holds the lease, expired or not, as named in its {@link
 *     LeaseRequest}; null without a lease
 * @param leaseExpiresAt end of the lease unless it is renewed, on the store's clock; null without a
 *     lease
 * @param leaseExpired true if the lease had ended at the moment of reading, by the store's clock;
 *     false without a lease
 * @param createdAt time of the registration, on the store's clock
 * @param startedAt time of the first claim, on the store's clock; null before it
 * @param updatedAt time of the last change of the row, on the store's clock
 * @param completedAt time of the last completion, on the store's clock; null before it
 */
public record Backfill(
    BackfillId id,
    BackfillKey key,
    BackfillStatus status,
    Phase phase,
    @Nullable Wait waiting,
    int consecutiveFailures,
    @Nullable String lastError,
    String triggerReason,
    @Nullable String note,
    Cursor cursor,
    long nextChunkNumber,
    int chunkSize,
    Cursor verifyCursor,
    Counters counters,
    @Nullable String holder,
    @Nullable Instant leaseExpiresAt,
    boolean leaseExpired,
    Instant createdAt,
    @Nullable Instant startedAt,
    Instant updatedAt,
    @Nullable Instant completedAt) {

  /**
   * The max time for which a stored wait counts: 2 hours. Limits the effect of a worker whose clock
   * was wrong.
   */
  public static final Duration MAX_WAIT = Duration.ofHours(2);

  /**
   * Creates a builder with the values of a backfill that was just registered: pending, in phase
   * {@link Phase#HISTORY}, at the start, with an unknown total.
   *
   * @param id the backfill's number
   * @param key source and target
   * @param triggerReason reason for the registration
   * @param createdAt time of the registration; also the time of the last change
   * @return a new builder
   */
  public static Builder builder(
      BackfillId id, BackfillKey key, String triggerReason, Instant createdAt) {
    return new Builder(id, key, triggerReason, createdAt);
  }

  /**
   * Creates a builder with the values of this backfill.
   *
   * @return a new builder
   */
  public Builder toBuilder() {
    Builder builder = new Builder(id, key, triggerReason, createdAt);
    builder.status = status;
    builder.phase = phase;
    builder.waiting = waiting;
    builder.consecutiveFailures = consecutiveFailures;
    builder.lastError = lastError;
    builder.note = note;
    builder.cursor = cursor;
    builder.nextChunkNumber = nextChunkNumber;
    builder.chunkSize = chunkSize;
    builder.verifyCursor = verifyCursor;
    builder.counters = counters;
    builder.holder = holder;
    builder.leaseExpiresAt = leaseExpiresAt;
    builder.leaseExpired = leaseExpired;
    builder.startedAt = startedAt;
    builder.updatedAt = updatedAt;
    builder.completedAt = completedAt;
    return builder;
  }

  /**
   * Returns the cursor that chunks of a phase move.
   *
   * @param of the phase
   * @return {@link #verifyCursor()} for {@link Phase#VERIFY}, else {@link #cursor()}
   */
  public Cursor cursorIn(Phase of) {
    return of == Phase.VERIFY ? verifyCursor : cursor;
  }

  /**
   * Checks if a chunk is the next one of this backfill, as it is stored.
   *
   * @param commit the chunk's commit
   * @return true if it has the next number and begins at the cursor of its phase
   */
  public boolean isFollowedBy(ChunkCommit<?> commit) {
    return commit.number() == nextChunkNumber
        && commit.before().equals(cursorIn(commit.chunk().phase()));
  }

  /**
   * Returns the failure that a store throws for a chunk that does not {@linkplain #isFollowedBy
   * follow}.
   *
   * @param commit the chunk's commit
   * @return the failure
   */
  public PermanentFailureException outOfSequence(ChunkCommit<?> commit) {
    return new PermanentFailureException(
        PermanentFailureException.Reason.OUT_OF_SEQUENCE,
        String.format(
            Locale.ROOT,
            "Chunk %d of %s does not follow the stored chunks, whose next number is %d: the store lost"
                + " or changed what it had confirmed, as after a failover or with"
                + " synchronous_commit=off. Nothing was written, and stored items stay. Run again to"
                + " continue from there.",
            commit.number(),
            key,
            nextChunkNumber),
        null);
  }

  /**
   * Checks that the values of the lease fit together.
   *
   * @throws IllegalArgumentException if there is a holder without the lease's end, or the end or an
   *     expired lease without a holder
   */
  public Backfill {
    if ((holder == null) != (leaseExpiresAt == null) || holder == null && leaseExpired) {
      throw new IllegalArgumentException(
          "holder " + holder + " does not fit the lease's end " + leaseExpiresAt);
    }
  }

  /**
   * Checks if a worker holds the lease.
   *
   * @return true if there was an unexpired lease at the moment of reading
   */
  public boolean isHeld() {
    return holder != null && !leaseExpired;
  }

  /**
   * Returns the end of the wait that keeps all workers from this backfill.
   *
   * @return the wait's end, or {@link #MAX_WAIT} after the row's last change if that is sooner;
   *     null when the backfill does not wait
   */
  public @Nullable Instant waitsUntil() {
    if (waiting == null || status != BackfillStatus.WAITING) {
      return null;
    }
    Instant max = updatedAt.plus(MAX_WAIT);
    return waiting.until().isBefore(max) ? waiting.until() : max;
  }

  /**
   * Numbers of items of a backfill.
   *
   * @param total items that the history has, as last known
   * @param processed items that the cursor has passed, stored or quarantined; 0 or more. Once the
   *     history was read to its end: items that are stored or in quarantine, as counted by a sink
   *     that can count
   * @param quarantined items that are in quarantine; 0 or more
   */
  public record Counters(Total total, long processed, long quarantined) {

    /**
     * Computes the counters after a commit; no other place contains these rules.
     *
     * <ul>
     *   <li>An item of the history counts when the cursor passes it.
     *   <li>An item that is {@linkplain Phase#readsAgain() read again} counts only if it is new:
     *       the sink inserted it and it did not leave the quarantine, or it entered the quarantine.
     *   <li>After a catch-up nothing is missing, so the total is exact.
     * </ul>
     *
     * @param commit the chunk
     * @param sink the sink's counts
     * @param entered items that are in quarantine now and were not before; 0 or more
     * @param remaining items that were in quarantine and are stored now; 0 or more
     * @return the counters to store; their total is at least {@code processed}
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
     * Returns the counters of a history whose stored items were counted.
     *
     * @param counted items that are stored or in quarantine; 0 or more
     * @return these counters, with that number as {@code processed} and as the exact total
     */
    public Counters counted(long counted) {
      return new Counters(Total.exact(counted), counted, quarantined);
    }

    /**
     * Returns the counters after a count of the stored items while a worker holds the lease: others
     * may have removed or written rows since the cursor passed them.
     *
     * @param seen items that are stored or in quarantine; negative if the sink cannot count, which
     *     keeps {@code processed}
     * @param inQuarantine items that are in quarantine; 0 or more
     * @return the counters to store; the total stays, but is at least {@code processed}
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
      return total.isKnown() && total.count() < passed ? total.withCount(passed) : total;
    }
  }

  /** A builder of backfills. Meaning and range of each value are those of the record. */
  public static final class Builder {

    private final BackfillId id;
    private final BackfillKey key;
    private final String triggerReason;
    private final Instant createdAt;
    private BackfillStatus status = BackfillStatus.PENDING;
    private Phase phase = Phase.HISTORY;
    private @Nullable Wait waiting;
    private int consecutiveFailures;
    private @Nullable String lastError;
    private @Nullable String note;
    private Cursor cursor = Cursor.START;
    private long nextChunkNumber = 1;
    private int chunkSize;
    private Cursor verifyCursor = Cursor.START;
    private Counters counters = new Counters(Total.UNKNOWN, 0, 0);
    private @Nullable String holder;
    private @Nullable Instant leaseExpiresAt;
    private boolean leaseExpired;
    private @Nullable Instant startedAt;
    private Instant updatedAt;
    private @Nullable Instant completedAt;

    private Builder(BackfillId id, BackfillKey key, String triggerReason, Instant createdAt) {
      this.id = id;
      this.key = key;
      this.triggerReason = triggerReason;
      this.createdAt = createdAt;
      updatedAt = createdAt;
    }

    /**
     * Sets {@link Backfill#status()}.
     *
     * @param value the current status
     * @return this builder
     */
    public Builder status(BackfillStatus value) {
      status = value;
      return this;
    }

    /**
     * Sets {@link Backfill#phase()}.
     *
     * @param value the part of the work that is under way, or was last
     * @return this builder
     */
    public Builder phase(Phase value) {
      phase = value;
      return this;
    }

    /**
     * Sets {@link Backfill#waiting()}.
     *
     * @param value end and reason of the wait, or null
     * @return this builder
     */
    public Builder waiting(@Nullable Wait value) {
      waiting = value;
      return this;
    }

    /**
     * Sets {@link Backfill#consecutiveFailures()}.
     *
     * @param value failed attempts since the last committed chunk; 0 or more
     * @return this builder
     */
    public Builder consecutiveFailures(int value) {
      consecutiveFailures = value;
      return this;
    }

    /**
     * Sets {@link Backfill#lastError()}.
     *
     * @param value message of the last failure, or null
     * @return this builder
     */
    public Builder lastError(@Nullable String value) {
      lastError = value;
      return this;
    }

    /**
     * Sets {@link Backfill#note()}.
     *
     * @param value the source's remark on the last completion, or null
     * @return this builder
     */
    public Builder note(@Nullable String value) {
      note = value;
      return this;
    }

    /**
     * Sets {@link Backfill#cursor()}.
     *
     * @param value place of the next item in the history
     * @return this builder
     */
    public Builder cursor(Cursor value) {
      cursor = value;
      return this;
    }

    /**
     * Sets {@link Backfill#nextChunkNumber()}.
     *
     * @param value number of the next chunk; 1 or more
     * @return this builder
     */
    public Builder nextChunkNumber(long value) {
      nextChunkNumber = value;
      return this;
    }

    /**
     * Sets {@link Backfill#chunkSize()}.
     *
     * @param value items that the last chunk was to have; 0 or more
     * @return this builder
     */
    public Builder chunkSize(int value) {
      chunkSize = value;
      return this;
    }

    /**
     * Sets {@link Backfill#verifyCursor()}.
     *
     * @param value place of the next item in the verification
     * @return this builder
     */
    public Builder verifyCursor(Cursor value) {
      verifyCursor = value;
      return this;
    }

    /**
     * Sets {@link Backfill#counters()}.
     *
     * @param value numbers of items
     * @return this builder
     */
    public Builder counters(Counters value) {
      counters = value;
      return this;
    }

    /**
     * Sets {@link Backfill#holder()}, {@link Backfill#leaseExpiresAt()} and {@link
     * Backfill#leaseExpired()}.
     *
     * @param owner the worker that holds the lease; null without a lease, and then the other values
     *     do not count
     * @param expiresAt end of the lease unless it is renewed; not null with an owner
     * @param expired true if the lease has ended
     * @return this builder
     */
    public Builder lease(@Nullable String owner, @Nullable Instant expiresAt, boolean expired) {
      holder = owner;
      leaseExpiresAt = owner == null ? null : expiresAt;
      leaseExpired = owner != null && expired;
      return this;
    }

    /**
     * Sets {@link Backfill#startedAt()}.
     *
     * @param value time of the first claim, or null
     * @return this builder
     */
    public Builder startedAt(@Nullable Instant value) {
      startedAt = value;
      return this;
    }

    /**
     * Sets {@link Backfill#updatedAt()}.
     *
     * @param value time of the last change of the row
     * @return this builder
     */
    public Builder updatedAt(Instant value) {
      updatedAt = value;
      return this;
    }

    /**
     * Sets {@link Backfill#completedAt()}.
     *
     * @param value time of the last completion, or null
     * @return this builder
     */
    public Builder completedAt(@Nullable Instant value) {
      completedAt = value;
      return this;
    }

    /**
     * Creates the backfill.
     *
     * @return the backfill
     */
    public Backfill build() {
      return new Backfill(
          id,
          key,
          status,
          phase,
          waiting,
          consecutiveFailures,
          lastError,
          triggerReason,
          note,
          cursor,
          nextChunkNumber,
          chunkSize,
          verifyCursor,
          counters,
          holder,
          leaseExpiresAt,
          leaseExpired,
          createdAt,
          startedAt,
          updatedAt,
          completedAt);
    }
  }
}
