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

/** Something that has happened to a backfill. */
public sealed interface BackfillEvent {

  /**
   * Which backfill it is about.
   *
   * @return its source and target
   */
  BackfillKey key();

  /**
   * When it happened.
   *
   * @return the time on the worker's clock
   */
  Instant at();

  /**
   * A worker got the lease and begins.
   *
   * @param key which backfill
   * @param at when
   * @param worker the lease's owner
   * @param progress where it goes on
   */
  record SliceStarted(BackfillKey key, Instant at, String worker, Progress progress)
      implements BackfillEvent {}

  /**
   * Another worker holds the lease; whoever runs the job waits for it.
   *
   * @param key which backfill
   * @param at when
   * @param owner the holder's name
   * @param until when its lease ends unless it is renewed, on the store's clock
   */
  record HeldByOther(BackfillKey key, Instant at, String owner, Instant until)
      implements BackfillEvent {}

  /**
   * A chunk was committed.
   *
   * @param key which backfill
   * @param at when
   * @param number the chunk's number
   * @param items items in it
   * @param counts what the sink did with them
   * @param progress how far the backfill is now
   */
  record ChunkCommitted(
      BackfillKey key, Instant at, long number, int items, SinkCounts counts, Progress progress)
      implements BackfillEvent {}

  /**
   * Items of a committed chunk went to quarantine.
   *
   * @param key which backfill
   * @param at when
   * @param items the items; not empty
   */
  record ItemsQuarantined(BackfillKey key, Instant at, List<RejectedItem> items)
      implements BackfillEvent {}

  /**
   * The source now reads in another way than before, about which there is something to say.
   *
   * @param key which backfill
   * @param at when
   * @param text {@linkplain dev.backfill.api.source.SourceSession#readMode() how it reads}, in a
   *     few words; not empty
   */
  record ReadingChanged(BackfillKey key, Instant at, String text) implements BackfillEvent {}

  /**
   * It waits and goes on by itself; sent before the wait begins.
   *
   * @param key which backfill
   * @param at when
   * @param until when it goes on
   * @param reason what it waits for, in a few words
   * @param progress how far it is
   */
  record Waiting(BackfillKey key, Instant at, Instant until, String reason, Progress progress)
      implements BackfillEvent {}

  /**
   * An attempt failed and is repeated; sent before the delay begins.
   *
   * @param key which backfill
   * @param at when
   * @param attempt how many attempts have failed in a row; at least 1
   * @param delay how long until the next one
   * @param error what went wrong
   */
  record Retrying(BackfillKey key, Instant at, int attempt, Duration delay, String error)
      implements BackfillEvent {}

  /**
   * The worker gave the lease back, or lost it.
   *
   * @param key which backfill
   * @param at when
   * @param status where the backfill stands, as far as the worker knows
   * @param error what went wrong, or null when nothing did
   * @param progress how far it is
   */
  record SliceEnded(
      BackfillKey key, Instant at, BackfillStatus status, @Nullable String error, Progress progress)
      implements BackfillEvent {}

  /**
   * Something has happened to its job: it was triggered, routed, dispatched, tried again.
   *
   * @param key which backfill
   * @param at when
   * @param note what, where and why
   */
  record JobNoted(BackfillKey key, Instant at, JobEvent.Note note) implements BackfillEvent {}
}
