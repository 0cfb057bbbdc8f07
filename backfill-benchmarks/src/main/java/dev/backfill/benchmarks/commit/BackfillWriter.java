package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import dev.backfill.benchmarks.ListedItems;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.jdbc.JdbcStore;
import java.util.List;
import javax.sql.DataSource;

/** Our contestant: the engine's loop over the JDBC store. */
final class BackfillWriter implements Writer {

  private final JdbcStore store;

  BackfillWriter(DataSource dataSource) {
    store = JdbcStore.open(dataSource);
    store.installSchema();
  }

  @Override
  public void store(List<PullRequest> items, int chunkSize) throws InterruptedException {
    BackfillSpec<PullRequest> job =
        new BackfillSpec<>(new ListedItems<>(items), "sim/benchmark", store.pullRequests());
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress())
            .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(chunkSize))
            .build()) {
      SliceResult result = engine.runSlice(job, SliceLimits.UNLIMITED);
      if (!(result instanceof SliceResult.Done)) {
        throw new IllegalStateException("the backfill ended with " + result);
      }
    }
  }
}
