package dev.backfill.jdbc;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.JobStoreContract;
import java.sql.SQLException;

class PgBouncerJobStoreTest extends JobStoreContract {

  private final TestDatabase database = PgBouncerDatabase.create();

  @Override
  protected Stores stores() {
    JdbcStore store = database.install();
    return new Stores() {
      @Override
      public ProgressStore progress() {
        return store.progress();
      }

      @Override
      public JobStore jobs() {
        return store.jobs();
      }
    };
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    database.expireLease(id);
  }
}
