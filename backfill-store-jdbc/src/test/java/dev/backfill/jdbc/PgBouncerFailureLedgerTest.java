package dev.backfill.jdbc;

import dev.backfill.api.report.FailureLedger;
import dev.backfill.testkit.FailureLedgerContract;
import java.sql.SQLException;

class PgBouncerFailureLedgerTest extends FailureLedgerContract {

  private final TestDatabase database = PgBouncerDatabase.create();

  @Override
  protected FailureLedger ledger() {
    return database.install().failures();
  }

  @Override
  protected void expireClaim(String fingerprint) throws SQLException {
    database.expireClaim(fingerprint);
  }
}
