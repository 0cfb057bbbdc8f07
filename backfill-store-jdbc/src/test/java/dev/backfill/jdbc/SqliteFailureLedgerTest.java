package dev.backfill.jdbc;

import dev.backfill.api.report.FailureLedger;
import dev.backfill.testkit.FailureLedgerContract;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteFailureLedgerTest extends FailureLedgerContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected FailureLedger ledger() {
    database = TestDatabase.sqlite(folder);
    return database.install().failures();
  }

  @Override
  protected void expireClaim(String fingerprint) throws SQLException {
    database.expireClaim(fingerprint);
  }
}
