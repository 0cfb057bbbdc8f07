package dev.backfill.jdbc;

import dev.backfill.api.report.FailureLog;
import dev.backfill.testkit.FailureLogContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteFailureLogTest extends FailureLogContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected FailureLog log() {
    database = TestDatabase.sqlite(folder);
    return database.install().failures();
  }

  @Override
  protected void expireClaim(String fingerprint) throws SQLException {
    database.expireClaim(fingerprint);
  }
}
