package dev.backfill.core.memory;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.SharedLimitsContract;
import java.time.Duration;
import java.time.Instant;

class InMemorySharedLimitsTest extends SharedLimitsContract {

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  @Override
  protected SharedLimits limits() {
    return new InMemoryStore(new Clock()).limits();
  }

  @Override
  protected void moveStored(Duration age) {
    now = now.plus(age);
  }

  /** A clock that can be set back. */
  private final class Clock implements TimeSource {

    @Override
    public Instant now() {
      return now;
    }

    @Override
    public long nanoTime() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void sleep(Duration duration) {
      throw new UnsupportedOperationException();
    }
  }
}
