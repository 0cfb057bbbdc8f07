package dev.backfill.core.memory;

import dev.backfill.api.report.FailureLedger;
import dev.backfill.testkit.FailureLedgerContract;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;

class InMemoryFailureLedgerTest extends FailureLedgerContract {

  private final ManualTimeSource time = new ManualTimeSource();

  @Override
  protected FailureLedger ledger() {
    return new InMemoryFailureLedger(time);
  }

  @Override
  protected void expireClaim(String fingerprint) {
    time.advance(Duration.ofHours(2));
  }
}
