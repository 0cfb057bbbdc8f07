package dev.backfill.jdbc;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

class H2FileProgressStoreTest extends ProgressStoreContract {

  @TempDir Path folder;
  private TestDatabase database;

  /** Without it the file would be closed after each call. */
  private Connection open;

  @Override
  protected ProgressStore store() throws SQLException {
    database = TestDatabase.h2File(folder);
    open = database.dataSource().getConnection();
    return database.install().progress();
  }

  @AfterEach
  void close() throws SQLException {
    open.close();
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    database.expireLease(id);
  }
}
