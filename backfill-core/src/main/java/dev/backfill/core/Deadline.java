package dev.backfill.core;

import dev.backfill.api.time.TimeSource;
import dev.backfill.core.run.SliceLimits;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The end of a run's time. */
final class Deadline {

  private static final Duration FOREVER = SliceLimits.UNLIMITED.maxDuration();

  private final TimeSource time;
  private final long startNanos;
  private final Duration allowed;

  Deadline(TimeSource time, @Nullable Duration allowed) {
    this.time = time;
    this.startNanos = time.nanoTime();
    this.allowed = allowed == null ? FOREVER : allowed;
  }

  /** Returns the time that is left; zero or negative when the time is up. */
  Duration remaining() {
    return allowed.minusNanos(time.nanoTime() - startNanos);
  }
}
