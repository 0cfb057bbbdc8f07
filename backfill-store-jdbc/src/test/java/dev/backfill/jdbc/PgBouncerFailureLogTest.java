package dev.backfill.jdbc;

import dev.backfill.api.report.FailureLog;
import dev.backfill.testkit.FailureLogContract;
import java.sql.SQLException;

class PgBouncerFailureLogTest extends FailureLogContract {

  private final TestDatabase database = PgBouncerDatabase.create();

  @Override
  protected FailureLog log() {
    return database.install().failures();
  }

  @Override
  protected void expireClaim(String fingerprint) throws SQLException {
    database.expireClaim(fingerprint);
  }
}
