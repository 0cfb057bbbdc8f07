package dev.backfill.core.internal.engine;

import dev.backfill.api.event.BackfillEvent;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Lease;
import dev.backfill.core.internal.StopSignal.InterruptibleStep;
import dev.backfill.core.policy.Backoff;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Retrier of steps: repeats a step after transient failures until the backoff gives up. */
public final class Retrier {

  private static final Logger LOG = LoggerFactory.getLogger(Retrier.class);

  private final EngineContext engine;
  private final BackfillKey key;
  private final @Nullable Lease lease;
  private final WorkClock work;
  private final SliceCancellation cancellation;
  private int failed;

  /**
   * Creates a retrier.
   *
   * @param lease the lease under which failed attempts are recorded, or null before there is one
   * @param cancellation ends the delays
   */
  Retrier(
      EngineContext engine,
      BackfillKey key,
      @Nullable Lease lease,
      WorkClock work,
      SliceCancellation cancellation) {
    this.engine = engine;
    this.key = key;
    this.lease = lease;
    this.work = work;
    this.cancellation = cancellation;
  }

  /** Returns how many attempts of the last step have failed in a row. */
  int failed() {
    return failed;
  }

  /**
   * Runs the step until it does not fail transiently.
   *
   * @throws TransientFailureException if the backoff gives up, caused by the last failure
   */
  <R extends @Nullable Object> R call(InterruptibleStep<R> step) throws InterruptedException {
    return call(step, lease);
  }

  /** Runs a step as {@link #call} does. A stop or a cancellation interrupts the step, too. */
  <R extends @Nullable Object> R callInterruptibly(InterruptibleStep<R> step)
      throws InterruptedException {
    return call(() -> cancellation.interruptibly(step));
  }

  /** Runs a step as {@link #call} does, and records no failed attempt: the lease may be lost. */
  <R extends @Nullable Object> R callUnrecorded(InterruptibleStep<R> step)
      throws InterruptedException {
    return call(step, null);
  }

  private <R extends @Nullable Object> R call(InterruptibleStep<R> step, @Nullable Lease holding)
      throws InterruptedException {
    failed = 0;
    long firstFailureNanos = 0;
    while (true) {
      try {
        return step.run();
      } catch (TransientFailureException e) {
        long nanos = engine.time().nanoTime();
        if (failed++ == 0) {
          firstFailureNanos = nanos;
        }
        Backoff backoff = engine.backoff();
        Duration delay = backoff.delay(failed, engine.random());
        Duration failing = Duration.ofNanos(nanos - firstFailureNanos);
        if (backoff.givesUp(failing, delay)) {
          throw givenUp(e, failing);
        }
        record(e, holding);
        announce(delay, e);
        work.sleep(delay, cancellation);
      }
    }
  }

  private TransientFailureException givenUp(TransientFailureException last, Duration failing) {
    return new TransientFailureException(
        String.format(
            Locale.ROOT,
            "%s. Gave up after %d attempt(s) in %d s. Run it again to continue.",
            message(last).replaceFirst("\\.$", ""),
            failed,
            failing.toSeconds()),
        last);
  }

  private void announce(Duration delay, TransientFailureException e) {
    LOG.info("{}: attempt {} failed, next in {}: {}", key, failed, delay, e.getMessage());
    Instant now = engine.time().now();
    engine
        .events()
        .publish(
            new BackfillEvent.Waiting(key, now, now.plus(delay), message(e), failed, null, null));
  }

  /**
   * Records a failed attempt. If the store fails, too, only the record is missing, and the step is
   * repeated all the same.
   */
  private void record(TransientFailureException failure, @Nullable Lease holding) {
    if (holding == null) {
      return;
    }
    try {
      engine.store().recordFailure(holding, message(failure));
    } catch (TransientFailureException e) {
      LOG.debug("{}: the failed attempt could not be recorded", key, e);
    }
  }

  /** Returns the message of a failure. */
  public static String message(BackfillException e) {
    return String.valueOf(e.getMessage());
  }
}
