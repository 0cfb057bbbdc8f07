package dev.backfill.jdbc;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.testkit.SharedLimitsContract;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.io.TempDir;

class SqliteSharedLimitsTest extends SharedLimitsContract {

  @TempDir Path folder;
  private TestDatabase database;

  @Override
  protected SharedLimits limits() {
    database = TestDatabase.sqlite(folder);
    return database.install().limits();
  }

  @Override
  protected void moveStored(Duration age) throws SQLException {
    database.moveLimits(-age.toSeconds());
  }
}
