package dev.backfill.github.internal.throttle;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Counts the points of the last minute, and keeps them below what may be used in a minute: what was
 * chosen at most, and less after a refusal. Used under the pool's lock.
 *
 * <p>A refusal takes a quarter of what was used in the minute before it. Each minute without one
 * gives some of it back. After one refusal that is half as much again, since what was used may not
 * be the reason. A second one at about the same use confirms it: then it is quickly up to nine
 * tenths of what was refused, slowly from there on, and quickly again above it.
 */
final class PointBudget {

  static final Duration WINDOW = Duration.ofMinutes(1);

  /** A refusal of fewer points in a minute has another cause. */
  static final int MIN_EVIDENCE = 20;

  /** No server allows less than this for long. */
  static final int MIN = 10;

  /** Once it is full, it opens for a stretch of work, not for single requests. */
  private static final int STRETCHES = 10;

  /** Requests that leave closer together are counted as one, so that few are remembered. */
  private static final long TOGETHER_NANOS = Duration.ofMillis(100).toNanos();

  /** What is above this is no limit of any server. */
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

  /** So many points, between two moments. */
  private record Sent(long sinceNanos, long atNanos, int points) {}

  /** How many points may be used in a minute now. */
  int limit() {
    return allowed;
  }

  /** Whether fewer points may be used than were chosen. */
  boolean isSlowed() {
    return allowed < max;
  }

  /** How long until a request of so many points may leave; zero for now. */
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
   * A secondary limit was met: less from now on, if what was used since the last one can be the
   * reason.
   *
   * @param wait how long the limit lasts; the minutes without one are counted from its end
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
   * Takes over what another process has learned, and what has come back since then.
   *
   * @param points what may be used in a minute after a refusal
   * @param age how long ago that was
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
