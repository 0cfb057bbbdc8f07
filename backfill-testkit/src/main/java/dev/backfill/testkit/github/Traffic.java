package dev.backfill.testkit.github;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Counts requests and remembers the latest. Safe for any number of threads. */
final class Traffic {

  static final int KEPT = 1_000;

  private final Map<Endpoint, Long> counts = new EnumMap<>(Endpoint.class);
  private final Deque<SimulatedGitHub.Exchange> log = new ArrayDeque<>();

  synchronized void arrived(Endpoint endpoint) {
    counts.merge(endpoint, 1L, Long::sum);
  }

  synchronized void answered(Instant at, String target, int status) {
    if (log.size() == KEPT) {
      log.removeFirst();
    }
    log.addLast(new SimulatedGitHub.Exchange(at, target, status));
  }

  synchronized long requests() {
    return counts.values().stream().mapToLong(Long::longValue).sum();
  }

  synchronized long requests(Endpoint endpoint) {
    return counts.getOrDefault(endpoint, 0L);
  }

  synchronized List<SimulatedGitHub.Exchange> log() {
    return List.copyOf(log);
  }
}
