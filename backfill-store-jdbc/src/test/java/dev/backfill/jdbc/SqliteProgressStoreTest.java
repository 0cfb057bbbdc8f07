package dev.backfill.jdbc;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteProgressStoreTest extends ProgressStoreContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected ProgressStore store() {
    database = TestDatabase.sqlite(folder);
    return database.install().progress();
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    database.expireLease(id);
  }
}
