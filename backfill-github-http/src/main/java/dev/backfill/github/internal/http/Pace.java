package dev.backfill.github.internal.http;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/** Counts the points of the last minute. Used under the pool's lock. */
final class Pace {

  static final Duration WINDOW = Duration.ofMinutes(1);

  /** Once it is full, it opens for a stretch of work, not for single requests. */
  private static final int STRETCHES = 10;

  private final int limit;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private long used;
  private boolean full;

  Pace(int limit) {
    this.limit = limit;
  }

  private record Sent(long atNanos, int points) {}

  int limit() {
    return limit;
  }

  /** How long until a request of so many points may leave; zero for now. */
  Duration waitFor(int points, long nowNanos) {
    forget(nowNanos);
    if (limit == Pacing.UNLIMITED || used + points <= limit - (full ? stretch(points) : 0)) {
      full = false;
      return Duration.ZERO;
    }
    full = true;
    long over = used + points + stretch(points) - limit;
    for (Sent each : sent) {
      over -= each.points();
      if (over <= 0) {
        return Duration.ofNanos(each.atNanos() + WINDOW.toNanos() - nowNanos);
      }
    }
    return WINDOW;
  }

  private int stretch(int points) {
    return Math.max(0, Math.min(limit - points, limit / STRETCHES));
  }

  void sent(int points, long nowNanos) {
    if (limit != Pacing.UNLIMITED) {
      sent.addLast(new Sent(nowNanos, points));
      used += points;
    }
  }

  private void forget(long nowNanos) {
    for (Sent first = sent.peekFirst();
        first != null && nowNanos - first.atNanos() >= WINDOW.toNanos();
        first = sent.peekFirst()) {
      used -= first.points();
      sent.removeFirst();
    }
  }
}
