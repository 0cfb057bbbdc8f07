package dev.backfill.github.internal.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The points of the last minute, and their max: the configured one, or less after a refusal. Used
 * under the pool's lock.
 *
 * <p>A refusal reduces the max to three quarters of the points of the minute before. Each minute
 * without one raises it again:
 *
 * <ul>
 *   <li>After one refusal by half, since the points may not be the reason.
 *   <li>A second refusal at about the same use confirms the reason. Then it grows quickly up to
 *       nine tenths of the refused points, slowly from there on, and quickly again above them.
 * </ul>
 */
final class PointBudget {

  static final Duration WINDOW = Duration.ofMinutes(1);

  /** A refusal of fewer points in a minute has another cause. */
  static final int MIN_EVIDENCE = 20;

  /** No server allows less than this for long. */
  static final int MIN = 10;

  /** After the budget was full, it opens for a stretch of work, not for single requests. */
  private static final int STRETCHES = 10;

  /** Requests that are sent closer together are counted as one, so that few are stored. */
  private static final long TOGETHER_NANOS = Duration.ofMillis(100).toNanos();

  /** No server has a limit above this. */
  private static final int BOUNDLESS = 100_000;

  private final int max;
  private final Deque<Sent> sent = new ArrayDeque<>();
  private int allowed;
  private int refused;
  private boolean confirmed;
  private long lastChangeNanos;
  private long used;
  private long usedSinceRefusal;
  private boolean full;

  PointBudget(int max) {
    this.max = max;
    this.allowed = max;
  }

  /** The points between two moments. */
  private record Sent(long sinceNanos, long atNanos, int points) {}

  /** Returns the present max points in a minute. */
  int limit() {
    return allowed;
  }

  /** Returns true if the present max is lower than the configured one. */
  boolean isSlowed() {
    return allowed < max;
  }

  /** Returns the time until a request of these points may be sent; zero for now. */
  Duration waitFor(int points, long nowNanos) {
    forget(nowNanos);
    grow(nowNanos);
    if (allowed == ThrottleLimits.UNLIMITED || used + points <= allowed - (full ? stretch() : 0)) {
      full = false;
      return Duration.ZERO;
    }
    full = true;
    long over = used + points + stretch() - allowed;
    for (Sent each : sent) {
      over -= each.points();
      if (over <= 0) {
        return Duration.ofNanos(each.atNanos() + WINDOW.toNanos() - nowNanos);
      }
    }
    return sent.isEmpty() ? Duration.ZERO : WINDOW;
  }

  private int stretch() {
    return allowed / STRETCHES;
  }

  void sent(int points, long nowNanos) {
    Sent last = sent.peekLast();
    if (last != null && nowNanos - last.sinceNanos() < TOGETHER_NANOS) {
      sent.removeLast();
      sent.addLast(new Sent(last.sinceNanos(), nowNanos, last.points() + points));
    } else {
      sent.addLast(new Sent(nowNanos, nowNanos, points));
    }
    used += points;
    usedSinceRefusal += points;
  }

  /**
   * Records a secondary limit. Reduces the max if the points since the last limit can be the
   * reason.
   *
   * @param wait the duration of the limit; minutes without one are counted from its end
   */
  void refused(long nowNanos, Duration wait) {
    forget(nowNanos);
    grow(nowNanos);
    if (Math.min(used, usedSinceRefusal) >= MIN_EVIDENCE) {
      int met = (int) Math.min(used, allowed);
      confirmed = isAbout(refused, met);
      slowTo(met);
    }
    usedSinceRefusal = 0;
    lastChangeNanos = nowNanos + wait.toNanos();
  }

  private static boolean isAbout(int before, int met) {
    return met >= before - before / 4 && met <= before + before / 4;
  }

  private void slowTo(int met) {
    refused = met;
    allowed = Math.min(max, Math.max(MIN, met - met / 4));
  }

  /**
   * Adopts the max that another process has found, with its growth since then.
   *
   * @param points the max points in a minute after a refusal
   * @param age the time since then
   */
  void adopt(int points, Duration age, long nowNanos) {
    PointBudget other = new PointBudget(max);
    other.slowTo(points + points / 3);
    other.lastChangeNanos = nowNanos - age.toNanos();
    other.grow(nowNanos);
    grow(nowNanos);
    if (other.allowed < allowed) {
      allowed = other.allowed;
      refused = other.refused;
      confirmed = other.confirmed;
      lastChangeNanos = other.lastChangeNanos;
    }
  }

  private void forget(long nowNanos) {
    for (Sent first = sent.peekFirst();
        first != null && nowNanos - first.atNanos() >= WINDOW.toNanos();
        first = sent.peekFirst()) {
      used -= first.points();
      sent.removeFirst();
    }
    usedSinceRefusal = Math.min(usedSinceRefusal, used);
  }

  private void grow(long nowNanos) {
    while (allowed < max && nowNanos - lastChangeNanos >= WINDOW.toNanos()) {
      lastChangeNanos += WINDOW.toNanos();
      int next = allowed + Math.max(1, step());
      allowed = next >= BOUNDLESS ? max : Math.min(max, next);
    }
  }

  private int step() {
    if (!confirmed) {
      return allowed / 2;
    }
    if (allowed < refused - refused / 10) {
      return refused / 20;
    }
    return allowed < refused + refused / 10 ? refused / 100 : allowed / 10;
  }
}
