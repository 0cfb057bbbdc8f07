package dev.backfill.testkit.github;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts whose requests are being answered at once. Safe for any number of threads. */
final class ConcurrentRequests {

  private final int limit;
  private final Limit limitResponse;
  private final Map<String, Integer> present = new HashMap<>();
  private int max;

  /**
   * Makes it.
   *
   * @param limit how many requests of one principal may be answered at once
   * @param limitResponse what more of them are answered
   */
  ConcurrentRequests(int limit, Limit limitResponse) {
    this.limit = limit;
    this.limitResponse = limitResponse;
  }

  /** Lets a request in. Null when it is not one too many. */
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
