package dev.backfill.core;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.internal.engine.QuarantinePages;
import dev.backfill.core.internal.engine.Retrier;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import dev.backfill.core.run.RunOptions;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.core.run.SliceResult.StopReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The run of one job: slices until it ends. Used once, by one thread. */
final class JobRunner<T> {

  /** The interval of checks if another worker's lease has ended. */
  private static final Duration HELD_POLL = Duration.ofSeconds(2);

  /** The interval of checks, during a wait, if a user has changed the backfill. */
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(1);

  private static final Logger LOG = LoggerFactory.getLogger(JobRunner.class);

  private final BackfillEngine engine;
  private final TimeSource time;
  private final BackfillSpec<T> job;
  private final @Nullable QuarantinePages pages;
  private final boolean verifying;
  private final RunOptions options;
  private final Deadline deadline;
  private SliceResult.Counts counts = SliceResult.Counts.NONE;
  private @Nullable Backfill last;

  /** Creates the run of the job itself, or of its quarantine if pages are given. */
  JobRunner(
      BackfillEngine engine,
      BackfillSpec<T> job,
      @Nullable QuarantinePages pages,
      boolean verifying,
      RunOptions options,
      Deadline deadline) {
    this.engine = engine;
    this.time = engine.context().time();
    this.job = job;
    this.pages = pages;
    this.verifying = verifying;
    this.options = options;
    this.deadline = deadline;
  }

  /** Runs the job, unless it would meet the common failure: then returns that failure. */
  JobResult run(@Nullable BackfillException commonFailure) {
    if (commonFailure != null) {
      return result(Outcome.FAILED, Retrier.message(commonFailure), null, commonFailure);
    }
    try {
      while (true) {
        if (engine.context().stop().isSet()) {
          return interrupted();
        }
        Duration remaining = deadline.remaining();
        if (remaining.compareTo(Duration.ZERO) <= 0 || counts.chunks() >= options.maxChunks()) {
          return ended(
              Outcome.LIMIT_REACHED, "the limit of this run is reached; run it again to continue");
        }
        SliceResult slice = slice(limits(remaining));
        counts = counts.plus(slice.counts());
        last = slice.backfill();
        JobResult result = after(slice);
        if (result != null) {
          return result;
        }
      }
    } catch (InvalidConfigurationException e) {
      throw e;
    } catch (BackfillException e) {
      return result(Outcome.FAILED, Retrier.message(e), null, e);
    } catch (InterruptedException e) {
      return interrupted();
    }
  }

  private SliceResult slice(SliceLimits limits) throws InterruptedException {
    if (pages != null) {
      return engine.retryQuarantined(job, pages, limits);
    }
    return verifying ? engine.verify(job, limits) : engine.runSlice(job, limits);
  }

  private SliceLimits limits(Duration remaining) {
    SliceLimits limits =
        SliceLimits.UNLIMITED
            .withMaxChunks(options.maxChunks() - counts.chunks())
            .withMaxDuration(remaining);
    return options.waiting() ? limits : limits.withMaxWait(Duration.ZERO);
  }

  private static String completed(Backfill backfill, boolean gaps) {
    long quarantined = backfill.counters().quarantined();
    String note = backfill.note() == null ? "" : "; " + backfill.note();
    if (!gaps) {
      return "the whole history is stored" + note;
    }
    return quarantined == 0 && !note.isEmpty()
        ? "read to its end" + note
        : String.format(
            Locale.ROOT, "read to its end; %d item(s) are in quarantine%s", quarantined, note);
  }

  /**
   * Returns the result if the job has ended. Otherwise waits for its next slice and returns null.
   */
  private @Nullable JobResult after(SliceResult slice) throws InterruptedException {
    if (slice instanceof SliceResult.Done done) {
      if (pages != null) {
        return retried(done.backfill().counters().quarantined());
      }
      boolean gaps = done.backfill().status() == BackfillStatus.COMPLETED_WITH_GAPS;
      return ended(
          gaps ? Outcome.COMPLETED_WITH_GAPS : Outcome.COMPLETED, completed(done.backfill(), gaps));
    }
    if (slice instanceof SliceResult.Stopped stopped) {
      return stopped.reason() == StopReason.LEASE_LOST
          ? null
          : result(outcome(stopped.reason()), stopped.message(), null, stopped.failure());
    }
    if (slice instanceof SliceResult.ContinueAt wait) {
      return waitOrEnd(wait.until(), Duration.between(time.now(), wait.until()), wait.reason());
    }
    if (slice instanceof SliceResult.Held held) {
      String reason = "another worker holds it: %s, until %s".formatted(held.owner(), held.until());
      return waitOrEnd(held.until(), HELD_POLL, reason);
    }
    return null;
  }

  private JobResult retried(long remaining) {
    return remaining == 0
        ? ended(
            Outcome.COMPLETED,
            String.format(
                Locale.ROOT,
                "%d item(s) were read again; nothing is left in quarantine",
                counts.items()))
        : ended(
            Outcome.COMPLETED_WITH_GAPS,
            String.format(
                Locale.ROOT,
                "%d item(s) were read again and stored; %d item(s) stay in quarantine",
                counts.items(),
                remaining));
  }

  private @Nullable JobResult waitOrEnd(Instant until, Duration wait, String reason)
      throws InterruptedException {
    if (!options.waiting()) {
      return result(Outcome.WAITING, reason, until, null);
    }
    Duration remaining = deadline.remaining();
    pauseUnlessSteered(wait.compareTo(remaining) < 0 ? wait : remaining);
    return null;
  }

  /** Waits. Checks every second if a user has changed the backfill meanwhile. */
  private void pauseUnlessSteered(Duration wait) throws InterruptedException {
    Duration remaining = wait;
    while (remaining.compareTo(Duration.ZERO) > 0 && !isSteered()) {
      Duration step = remaining.compareTo(POLL_INTERVAL) < 0 ? remaining : POLL_INTERVAL;
      engine
          .context()
          .stop()
          .interruptibly(
              () -> {
                time.sleep(step);
                return step;
              });
      remaining = remaining.minus(step);
    }
  }

  private boolean isSteered() {
    Backfill before = Objects.requireNonNull(last, "a slice ran before the wait");
    try {
      Backfill now = engine.context().store().get(before.id());
      return now.status() != before.status();
    } catch (BackfillException e) {
      LOG.debug("{}: the store did not answer if the wait still holds", job.key(), e);
      return false;
    }
  }

  private static Outcome outcome(StopReason reason) {
    return switch (reason) {
      case PAUSED -> Outcome.PAUSED;
      case CANCELLED -> Outcome.CANCELLED;
      case FAILED, LEASE_LOST -> Outcome.FAILED;
    };
  }

  private JobResult interrupted() {
    return ended(Outcome.INTERRUPTED, "stopped after a whole chunk; run it again to continue");
  }

  private JobResult ended(Outcome outcome, String message) {
    return result(outcome, message, null, null);
  }

  private JobResult result(
      Outcome outcome,
      String message,
      @Nullable Instant until,
      @Nullable BackfillException failure) {
    return new JobResult(job.key(), outcome, last, counts, message, until, failure);
  }
}
