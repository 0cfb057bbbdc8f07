package dev.backfill.core.memory;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.ProgressStoreContract;

class InMemoryProgressStoreTest extends ProgressStoreContract {

  private final ManualTimeSource time = new ManualTimeSource();

  @Override
  protected ProgressStore store() {
    return new InMemoryStore(time).progress();
  }

  @Override
  protected void expireLease(BackfillId id) {
    time.advance(TIME_TO_LIVE.plusSeconds(1));
  }
}
