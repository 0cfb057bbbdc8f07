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

/**
 * Parts of an engine that its slices share.
 *
 * @param leaseRequest what each slice requests: the worker's name and the time to live of a lease
 * @param stop ends all slices
 * @param commits counts the commits of all slices
 */
public record EngineContext(
    ProgressStore store,
    LeaseRequest leaseRequest,
    RateLimitPolicy policy,
    Backoff backoff,
    FailureBudget failureBudget,
    TimeSource time,
    RandomGenerator random,
    Machine machine,
    StopSignal stop,
    LongAdder commits,
    EventDispatcher events,
    FailureReporter reporter) {

  /**
   * Parts that an engine takes from its machine and process. A simulation replaces them together.
   *
   * @param timers run the renewals of leases
   * @param worker the name under which the engine holds leases
   * @param knownDead returns whether a holder of a lease, by its name, is known to be dead
   */
  public record Machine(
      ScheduledExecutorService timers, String worker, Predicate<String> knownDead) {

    /** Creates the parts of this process. */
    public static Machine real(RandomGenerator random) {
      // Two, so that a renewal that waits for the store does not keep all others waiting.
      ScheduledThreadPoolExecutor timers =
          new ScheduledThreadPoolExecutor(2, DaemonThreads.named("backfill-leases"));
      timers.setRemoveOnCancelPolicy(true);
      return new Machine(
          timers, WorkerName.of(random.nextInt() & 0xffffffffL), WorkerName::isKnownDead);
    }
  }
}
