package dev.backfill.core.manager;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A token's quota: so many requests in each hour, each of which takes some time. */
final class SharedQuota {

  private static final Duration WINDOW = Duration.ofHours(1);

  private final ManualTimeSource time;
  private final long limit;
  private final Duration latency;
  private Instant resetAt;
  private long remaining;
  private long min;
  private long used;
  private final List<Long> windows = new ArrayList<>();

  SharedQuota(ManualTimeSource time, long limit, Duration latency) {
    this.time = time;
    this.limit = limit;
    this.latency = latency;
    this.resetAt = time.now().plus(WINDOW);
    this.remaining = limit;
    this.min = limit;
  }

  synchronized void take(long reserve) throws InterruptedException {
    roll();
    if (remaining - 1 < reserve) {
      throw RateLimitedException.primary(resetAt, "the quota is used up");
    }
    remaining--;
    used++;
    min = Math.min(min, remaining);
    time.sleep(latency);
  }

  private void roll() {
    while (!time.now().isBefore(resetAt)) {
      windows.add(limit - remaining);
      resetAt = resetAt.plus(WINDOW);
      remaining = limit;
    }
  }

  synchronized Quota quota() {
    roll();
    return new Quota("core", limit, remaining, resetAt);
  }

  synchronized long min() {
    return min;
  }

  synchronized long used() {
    return used;
  }

  /** What was used in each whole window. */
  synchronized List<Long> windows() {
    roll();
    return List.copyOf(windows);
  }
}
