package dev.backfill.core.memory;

import dev.backfill.api.report.FailureLog;
import dev.backfill.testkit.FailureLogContract;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;

class InMemoryFailureLogTest extends FailureLogContract {

  private final ManualTimeSource time = new ManualTimeSource();

  @Override
  protected FailureLog log() {
    return new InMemoryStore(time).failures();
  }

  @Override
  protected void expireClaim(String fingerprint) {
    time.advance(Duration.ofHours(2));
  }
}
