package dev.backfill.jdbc;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.JobStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteJobStoreTest extends JobStoreContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected Stores stores() {
    database = TestDatabase.sqlite(folder);
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
