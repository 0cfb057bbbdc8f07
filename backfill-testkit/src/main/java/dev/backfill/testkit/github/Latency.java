package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.util.SplittableRandom;

/** How long an answer takes: anything between two durations. */
final class Latency {

  private final TimeSource time;
  private final long shortest;
  private final long longest;
  private final SplittableRandom random = new SplittableRandom(1);

  Latency(TimeSource time, Duration shortest, Duration longest) {
    this.time = time;
    this.shortest = shortest.toNanos();
    this.longest = longest.toNanos();
  }

  void sleep() throws InterruptedException {
    if (longest > 0) {
      time.sleep(Duration.ofNanos(next()));
    }
  }

  private synchronized long next() {
    return shortest == longest ? longest : random.nextLong(shortest, longest);
  }
}
