package dev.backfill.testkit.github;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The counts of each principal's concurrent requests. Safe for any number of threads. */
final class ConcurrentRequests {

  private final int limit;
  private final Limit limitResponse;
  private final Map<String, Integer> present = new HashMap<>();
  private int max;

  /**
   * Creates a counter.
   *
   * @param limit max concurrent requests of one principal
   * @param limitResponse the limit that a further request meets
   */
  ConcurrentRequests(int limit, Limit limitResponse) {
    this.limit = limit;
    this.limitResponse = limitResponse;
  }

  /** Admits a request, and returns null; returns the limit if there are too many. */
  synchronized @Nullable Limit enter(String principal) {
    int now = present.merge(principal, 1, Integer::sum);
    max = Math.max(max, now);
    return now > limit ? limitResponse : null;
  }

  synchronized void leave(String principal) {
    present.computeIfPresent(principal, (key, count) -> count == 1 ? null : count - 1);
  }

  synchronized int max() {
    return max;
  }
}
