package dev.backfill.github.internal.transport;

import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;

/** GitHub's clock, as known from its responses. Thread-safe. */
public final class ServerTime {

  private final TimeSource time;
  private volatile Duration ahead = Duration.ZERO;

  public ServerTime(TimeSource time) {
    this.time = time;
  }

  public void update(RawResponse raw) {
    Instant date = ServerClock.parseDate(raw.header("date"));
    if (date != null) {
      ahead = Duration.between(time.now(), date);
    }
  }

  /** Returns the time by which it is ahead of the local clock; negative if it is behind. */
  public Duration ahead() {
    return ahead;
  }

  public Instant now() {
    return time.now().plus(ahead);
  }
}
