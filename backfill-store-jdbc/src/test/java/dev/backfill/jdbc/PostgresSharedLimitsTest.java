package dev.backfill.jdbc;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.testkit.SharedLimitsContract;
import java.sql.SQLException;
import java.time.Duration;

class PostgresSharedLimitsTest extends SharedLimitsContract {

  private final TestDatabase database = TestDatabase.postgres();

  @Override
  protected SharedLimits limits() {
    return database.install().limits();
  }

  @Override
  protected void moveStored(Duration age) throws SQLException {
    database.moveLimits(-age.toSeconds());
  }
}
