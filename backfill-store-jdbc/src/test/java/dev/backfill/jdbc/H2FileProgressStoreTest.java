package dev.backfill.jdbc;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

/** The file closes with each last connection and is opened again. */
class H2FileProgressStoreTest extends ProgressStoreContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected ProgressStore store() {
    database = TestDatabase.h2File(folder);
    return database.install().progress();
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    database.expireLease(id);
  }
}
