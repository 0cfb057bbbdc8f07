package dev.backfill.api.event;

import dev.backfill.api.job.JobEvent;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.SinkCounts;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An event of a backfill. */
public sealed interface BackfillEvent {

  /**
   * Returns the backfill.
   *
   * @return its source and target
   */
  BackfillKey key();

  /**
   * Returns the time of the event.
   *
   * @return the time on the worker's clock
   */
  Instant at();

  /**
   * A worker got the lease and begins.
   *
   * @param key the backfill
   * @param at the time of the event
   * @param worker the lease's owner
   * @param progress the progress from which it continues
   */
  record SliceStarted(BackfillKey key, Instant at, String worker, Progress progress)
      implements BackfillEvent {}

  /**
   * A chunk was committed.
   *
   * @param key the backfill
   * @param at the time of the event
   * @param number the chunk's number
   * @param items the number of items in it
   * @param counts the sink's counts
   * @param quarantined the items that went to quarantine; may be empty, not modifiable
   * @param readMode the source's {@linkplain dev.backfill.api.source.SourceSession#readMode() way
   *     of reading}, in a few words; empty if nothing is unusual. A listener that reports changes
   *     compares it with that of the slice's last chunk.
   * @param active the time of work since the chunk before it, or since the slice began; without
   *     waits, 0 or more
   * @param quotaSpent units of quota spent since the chunk before it, or since the slice began; 0
   *     or more
   * @param progress the progress after it
   */
  record ChunkCommitted(
      BackfillKey key,
      Instant at,
      long number,
      int items,
      SinkCounts counts,
      List<RejectedItem> quarantined,
      String readMode,
      Duration active,
      long quotaSpent,
      Progress progress)
      implements BackfillEvent {

    /** Copies the list. */
    public ChunkCommitted {
      quarantined = List.copyOf(quarantined);
    }
  }

  /**
   * The backfill waits, and continues by itself; sent before the wait begins. It waits for quota,
   * for another worker that holds its lease, or after a failed attempt, which it then repeats.
   *
   * @param key the backfill
   * @param at the time of the event
   * @param until when it continues; if another worker holds the lease, when that ends unless it is
   *     renewed, on the store's clock
   * @param reason the reason for the wait, in a few words; after a failed attempt, the error
   * @param failedAttempts the number of failed attempts in a row that it waits after; 0 if it waits
   *     for another reason
   * @param holder the name of the other worker that holds the lease; null if it waits for another
   *     reason
   * @param progress the progress so far; null after a failed attempt, and if another worker holds
   *     the lease
   */
  record Waiting(
      BackfillKey key,
      Instant at,
      Instant until,
      String reason,
      int failedAttempts,
      @Nullable String holder,
      @Nullable Progress progress)
      implements BackfillEvent {}

  /**
   * The worker released the lease, or lost it.
   *
   * @param key the backfill
   * @param at the time of the event
   * @param status the backfill's status, as far as the worker knows
   * @param error the error, or null if there was none
   * @param quotaSpent units of quota spent since the last chunk, or since the slice began; 0 or
   *     more
   * @param progress the progress so far
   */
  record SliceEnded(
      BackfillKey key,
      Instant at,
      BackfillStatus status,
      @Nullable String error,
      long quotaSpent,
      Progress progress)
      implements BackfillEvent {}

  /**
   * Something happened to the backfill's job: it was triggered, routed, dispatched, retried.
   *
   * @param key the backfill
   * @param at the time of the event
   * @param event the kind, the destination and the reason; without a number
   */
  record JobNoted(BackfillKey key, Instant at, JobEvent event) implements BackfillEvent {}
}
