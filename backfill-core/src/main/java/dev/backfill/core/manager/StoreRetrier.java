package dev.backfill.core.manager;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.policy.Backoff;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A retry of a store's calls after transient failures, with the engine's backoff, so that a short
 * outage of the database does not end the manager's loop. Each call may be repeated: a change names
 * the version that it was made for, and all others are idempotent.
 */
final class StoreRetrier {

  private static final Logger LOG = LoggerFactory.getLogger(StoreRetrier.class);

  /** The interval at which a sleep checks if the manager was stopped. */
  private static final Duration STEP = Duration.ofSeconds(1);

  private final TimeSource time;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final BooleanSupplier stopped;

  StoreRetrier(TimeSource time, RandomGenerator random, Backoff backoff, BooleanSupplier stopped) {
    this.time = time;
    this.random = random;
    this.backoff = backoff;
    this.stopped = stopped;
  }

  /** Returns the same store, whose calls are repeated. A proxy covers every method. */
  <T> T with(Class<T> type, T store) {
    return type.cast(
        Proxy.newProxyInstance(
            StoreRetrier.class.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> repeated(store, method, arguments)));
  }

  private @Nullable Object repeated(
      Object store, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    long first = 0;
    for (int failures = 0; ; ) {
      try {
        return method.invoke(store, arguments);
      } catch (InvocationTargetException e) {
        if (!(e.getCause() instanceof TransientFailureException failure)) {
          throw e.getCause();
        }
        long now = time.nanoTime();
        first = failures == 0 ? now : first;
        Duration delay = backoff.delay(++failures, random);
        Duration failing = Duration.ofNanos(now - first);
        if (stopped.getAsBoolean() || backoff.givesUp(failing, delay) || !sleep(delay)) {
          throw givenUp(failure, failures, failing);
        }
        LOG.info("The store failed {} time(s) in a row: {}", failures, failure.getMessage());
      }
    }
  }

  /** Sleeps. Returns false if the thread was interrupted, which it stays. */
  private boolean sleep(Duration delay) {
    long end = time.nanoTime() + delay.toNanos();
    try {
      for (long remaining = delay.toNanos();
          remaining > 0 && !stopped.getAsBoolean();
          remaining = end - time.nanoTime()) {
        time.sleep(Duration.ofNanos(Math.min(remaining, STEP.toNanos())));
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static TransientFailureException givenUp(
      TransientFailureException last, int failures, Duration failing) {
    return failures == 1
        ? last
        : new TransientFailureException(
            String.valueOf(last.getMessage()).replaceFirst("\\.$", "")
                + ". The manager gave up after "
                + failures
                + " attempt(s) in "
                + failing.toSeconds()
                + " s. Stored items are kept. Run it again.",
            last);
  }
}
