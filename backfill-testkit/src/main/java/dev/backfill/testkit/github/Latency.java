package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.util.SplittableRandom;

/** The duration of an answer: a random value between two durations. */
final class Latency {

  private final TimeSource time;
  private final long min;
  private final long max;
  private final SplittableRandom random = new SplittableRandom(1);

  Latency(TimeSource time, Duration min, Duration max) {
    this.time = time;
    this.min = min.toNanos();
    this.max = max.toNanos();
  }

  void sleep() throws InterruptedException {
    if (max > 0) {
      time.sleep(Duration.ofNanos(next()));
    }
  }

  private synchronized long next() {
    return min == max ? max : random.nextLong(min, max);
  }
}
