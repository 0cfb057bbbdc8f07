package dev.backfill.github.internal.repository;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How many items are completed at once, over all sessions of a client: one more after many
 * successes in a row, half as many when GitHub shows that it is too much. Safe for any number of
 * threads.
 */
public final class AdaptiveConcurrency {

  /** How many there are at first, unless the bound is lower. */
  static final int FIRST = 4;

  /** How many times all of them must succeed before there is one more. */
  static final int SUCCESSES_EACH = 4;

  private final int bound;
  private final TimeSource time;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition freed = lock.newCondition();

  private int allowed;
  private int inUse;
  private int successes;
  private int slowdowns;
  private Instant countedSince;

  public AdaptiveConcurrency(int bound, TimeSource time) {
    this.bound = bound;
    this.time = time;
    this.allowed = Math.min(FIRST, bound);
    this.countedSince = time.now();
  }

  /**
   * One item's turn.
   *
   * @param slowdowns how many slow-downs there had been when it began: what began before one tells
   *     nothing new about it
   */
  public record Permit(int slowdowns) {}

  /** The most there can be. */
  public int bound() {
    return bound;
  }

  /** How many there are now. */
  int allowed() {
    lock.lock();
    try {
      return allowed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a free one. */
  public Permit acquire() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (inUse >= allowed) {
        freed.await();
      }
      inUse++;
      return new Permit(slowdowns);
    } finally {
      lock.unlock();
    }
  }

  /** Frees one. */
  public void release() {
    lock.lock();
    try {
      inUse--;
      freed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * An item was completed.
   *
   * @param quota what is left; asked for only when there could be one more
   * @param reserve how much of it stays for others
   */
  public void succeeded(Permit permit, Supplier<@Nullable Quota> quota, Reserve reserve) {
    lock.lock();
    try {
      if (permit.slowdowns() != slowdowns || allowed >= bound) {
        return;
      }
      // Where some are idle, one more would be as idle.
      boolean busy = inUse >= allowed || lock.hasWaiters(freed);
      if (++successes < allowed * SUCCESSES_EACH || !busy) {
        return;
      }
      Instant now = time.now();
      Quota remaining = quota.get();
      if (remaining == null || !isBinding(remaining, reserve, now)) {
        allowed++;
        freed.signalAll();
      }
      successes = 0;
      countedSince = now;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the quota would be spent before its window ends, already at this speed. */
  private boolean isBinding(Quota quota, Reserve reserve, Instant now) {
    double seconds = seconds(countedSince, now);
    double remaining = quota.remainingAt(now) - (double) reserve.in(quota);
    return seconds > 0 && successes / seconds * seconds(now, quota.resetAt()) >= remaining;
  }

  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis()) / 1000.0;
  }

  /** GitHub failed on an item, or asks to slow down. */
  public void slowDown(Permit permit) {
    lock.lock();
    try {
      if (permit.slowdowns() == slowdowns) {
        slowdowns++;
        allowed = Math.max(1, allowed / 2);
        successes = 0;
        countedSince = time.now();
      }
    } finally {
      lock.unlock();
    }
  }
}
