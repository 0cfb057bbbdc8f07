package dev.backfill.core.comparison;

import dev.backfill.api.policy.RateLimitPolicy;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * How a whole history went under a policy.
 *
 * @param finished whether it was read to its end
 * @param seconds from the start to the end, waits included
 * @param largestSeconds the longest that a single chunk, or a try for one, took
 * @param wastedUnits units of quota that went into what failed
 * @param failures tries that failed
 * @param sizes the sizes that were asked for, but for those that failed
 * @param requestedSizes all of them
 * @param reserveTouched whether a request took the quota below the reserve
 */
record Outcome(
    boolean finished,
    double seconds,
    double largestSeconds,
    long wastedUnits,
    int failures,
    List<Integer> sizes,
    List<Integer> requestedSizes,
    boolean reserveTouched) {

  static Outcome of(Trace trace, RateLimitPolicy policy) throws InterruptedException {
    ManualTimeSource time = new ManualTimeSource();
    return of(trace, policy, new InMemoryStore(time).progress(), time);
  }

  /** With the real engine; only the source and the time are made up. */
  static Outcome of(Trace trace, RateLimitPolicy policy, ProgressStore store, ManualTimeSource time)
      throws InterruptedException {
    TraceSource source = new TraceSource(trace, time);
    try (BackfillEngine engine =
        BackfillEngine.builder(store)
            .policy(policy)
            .timeSource(time)
            .random(new Random(42))
            .failureReporter(report -> {})
            .lease(Duration.ofDays(1))
            .build()) {
      SliceResult result =
          engine.runSlice(
              new BackfillSpec<>(
                  source, "owner/name", (items, transaction) -> new SinkCounts(items.size(), 0)),
              SliceLimits.UNLIMITED.withMaxWait(Duration.ofHours(3)));
      return new Outcome(
          result instanceof SliceResult.Done,
          source.sinceStart().toNanos() / 1e9,
          source.largestSeconds,
          source.wastedUnits,
          source.failures,
          List.copyOf(source.sizes),
          List.copyOf(source.requested),
          source.reserveTouched);
    }
  }

  /** How often the size turned from growing to shrinking or back. */
  int directionChanges() {
    int changes = 0;
    int direction = 0;
    for (int i = 1; i < requestedSizes.size(); i++) {
      int now = Integer.signum(requestedSizes.get(i) - requestedSizes.get(i - 1));
      changes += now != 0 && direction != 0 && now != direction ? 1 : 0;
      direction = now == 0 ? direction : now;
    }
    return changes;
  }
}
