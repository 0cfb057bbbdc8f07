package dev.backfill.jdbc;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.sql.SQLException;

class PgBouncerProgressStoreTest extends ProgressStoreContract {

  private final TestDatabase database = PgBouncerDatabase.create();

  @Override
  protected ProgressStore store() {
    return database.install().progress();
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    database.expireLease(id);
  }
}
