package dev.backfill.core.internal.engine;

import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.report.FailureReporter;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.core.internal.DaemonThreads;
import dev.backfill.core.internal.EventDispatcher;
import dev.backfill.core.internal.StopSignal;
import dev.backfill.core.internal.WorkerName;
import dev.backfill.core.policy.Backoff;
import dev.backfill.core.policy.FailureBudget;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** What the slices of an engine share. */
public record EngineContext(
    ProgressStore store,
    LeaseRequest leaseRequest,
    Rules rules,
    Environment environment,
    Observers observers) {

  /** How it decides. */
  public record Rules(RateLimitPolicy policy, Backoff backoff, FailureBudget budget) {}

  /** What it takes from its surroundings. */
  public record Environment(
      TimeSource time,
      RandomGenerator random,
      ScheduledExecutorService timers,
      StopSignal stop,
      LongAdder commits,
      Predicate<String> knownDead) {}

  /**
   * What an engine takes from its machine and process.
   *
   * @param worker the name under which it holds leases
   * @param knownDead whether a holder of a lease, by its name, is known to be dead
   */
  public record Machine(
      ScheduledExecutorService timers, String worker, Predicate<String> knownDead) {

    public static Machine real(RandomGenerator random) {
      // Two, so that a renewal that waits for the store does not keep all others waiting.
      ScheduledThreadPoolExecutor timers =
          new ScheduledThreadPoolExecutor(2, DaemonThreads.named("backfill-leases"));
      timers.setRemoveOnCancelPolicy(true);
      return new Machine(
          timers, WorkerName.of(random.nextInt() & 0xffffffffL), WorkerName::isKnownDead);
    }
  }

  /** Who hears of it. */
  public record Observers(EventDispatcher events, FailureReporter reporter) {}

  public TimeSource time() {
    return environment.time();
  }

  public StopSignal stop() {
    return environment.stop();
  }
}
