package dev.backfill.testkit.github;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/** The counts of requests, and the latest of them. Safe for any number of threads. */
final class Traffic {

  private record Hook(long at, Runnable action) {}

  static final int KEPT = 1_000;

  private final Map<Endpoint, Long> counts = new EnumMap<>(Endpoint.class);
  private final Deque<SimulatedGitHub.Exchange> log = new ArrayDeque<>();
  private final List<Hook> hooks = new ArrayList<>();
  private long answered;

  synchronized void arrived(Endpoint endpoint) {
    counts.merge(endpoint, 1L, Long::sum);
  }

  /** Runs an action once a number of further requests is answered. */
  synchronized void after(int requests, Runnable action) {
    hooks.add(new Hook(answered + requests, action));
  }

  void answered(Instant at, String target, int status) {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      remember(at, target, status);
      answered++;
      for (Iterator<Hook> all = hooks.iterator(); all.hasNext(); ) {
        Hook hook = all.next();
        if (hook.at() <= answered) {
          all.remove();
          due.add(hook.action());
        }
      }
    }
    // Outside the lock, as an action may ask for counts.
    due.forEach(Runnable::run);
  }

  private void remember(Instant at, String target, int status) {
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
