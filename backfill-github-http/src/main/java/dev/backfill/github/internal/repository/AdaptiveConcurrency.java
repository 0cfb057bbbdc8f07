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
 * The number of items that are enriched at once, over all sessions of a client. It grows by one
 * after many successes in a row, and is halved when GitHub shows that it is too high. Thread-safe.
 */
public final class AdaptiveConcurrency {

  /** The initial number, unless the bound is lower. */
  static final int FIRST = 4;

  /** The number of successes of each permit before there is one more. */
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
   * The right to enrich one item.
   *
   * @param slowdowns the number of slow-downs before it began: failures of permits from before a
   *     slow-down show nothing new
   */
  public record Permit(int slowdowns) {}

  /** Returns the max number. */
  public int bound() {
    return bound;
  }

  /** Returns the present number. */
  int allowed() {
    lock.lock();
    try {
      return allowed;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a free permit. */
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

  /** Releases a permit. */
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
   * Records the success of an item.
   *
   * @param quota returns the quota; called only if the number could grow
   * @param reserve the units that stay for others
   */
  public void succeeded(Permit permit, Supplier<@Nullable Quota> quota, Reserve reserve) {
    lock.lock();
    try {
      if (permit.slowdowns() != slowdowns || allowed >= bound) {
        return;
      }
      // If some are idle, one more would be idle, too.
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

  /** Returns true if the present speed already spends the quota before its window ends. */
  private boolean isBinding(Quota quota, Reserve reserve, Instant now) {
    double seconds = seconds(countedSince, now);
    double remaining = quota.remainingAt(now) - (double) reserve.in(quota);
    return seconds > 0 && successes / seconds * seconds(now, quota.resetAt()) >= remaining;
  }

  private static double seconds(Instant from, Instant to) {
    return Math.max(0, Duration.between(from, to).toMillis()) / 1000.0;
  }

  /** Records that GitHub failed on an item or asked to slow down. */
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
