package dev.backfill.core.simulation;

import java.util.Map;
import java.util.TreeMap;

/** How often what has happened. */
final class Coverage {

  private final Map<String, Long> counts = new TreeMap<>();

  void hit(String what) {
    add(what, 1);
  }

  void add(String what, long times) {
    counts.merge(what, times, Long::sum);
  }

  void add(Coverage other) {
    other.counts.forEach(this::add);
  }

  long of(String what) {
    return counts.getOrDefault(what, 0L);
  }

  @Override
  public String toString() {
    return counts.toString();
  }
}
