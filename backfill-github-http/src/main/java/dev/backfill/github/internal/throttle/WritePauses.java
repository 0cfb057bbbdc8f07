package dev.backfill.github.internal.throttle;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;

/** Pauses of a second between two writes of a client, as GitHub asks for. Thread-safe. */
public final class WritePauses {

  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final TimeSource time;
  private boolean written;
  private long nextNanos;

  public WritePauses(TimeSource time) {
    this.time = time;
  }

  public void await() throws InterruptedException {
    Duration wait = reserve();
    if (!wait.isZero()) {
      time.sleep(wait);
    }
  }

  private synchronized Duration reserve() {
    long now = time.nanoTime();
    long at = written && nextNanos - now > 0 ? nextNanos : now;
    written = true;
    nextNanos = at + PAUSE.toNanos();
    return Duration.ofNanos(at - now);
  }
}
