package dev.backfill.testkit.github;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts whose requests are being answered at once. Safe for any number of threads. */
final class Crowd {

  private final int limit;
  private final Limit answer;
  private final Map<String, Integer> present = new HashMap<>();
  private int most;

  /**
   * Makes it.
   *
   * @param limit how many requests of one principal may be answered at once
   * @param answer what more of them are answered
   */
  Crowd(int limit, Limit answer) {
    this.limit = limit;
    this.answer = answer;
  }

  /** Lets a request in. Null when it is not one too many. */
  synchronized @Nullable Limit enter(String principal) {
    int now = present.merge(principal, 1, Integer::sum);
    most = Math.max(most, now);
    return now > limit ? answer : null;
  }

  synchronized void leave(String principal) {
    present.computeIfPresent(principal, (key, count) -> count == 1 ? null : count - 1);
  }

  synchronized int most() {
    return most;
  }
}
