package dev.backfill.core.memory;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.JobStoreContract;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;

class InMemoryJobStoreTest extends JobStoreContract {

  private final ManualTimeSource time = new ManualTimeSource(TimeSource.system().now());

  @Override
  protected Stores stores() {
    InMemoryStore store = new InMemoryStore(time);
    ProgressStore progress = store.progress();
    JobStore jobs = store.jobs();
    return new Stores() {
      @Override
      public ProgressStore progress() {
        return progress;
      }

      @Override
      public JobStore jobs() {
        return jobs;
      }
    };
  }

  @Override
  protected void expireLease(BackfillId id) {
    time.advance(Duration.ofSeconds(61));
  }
}
