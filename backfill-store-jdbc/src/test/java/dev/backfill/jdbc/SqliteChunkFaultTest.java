package dev.backfill.jdbc;

import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.io.TempDir;

class SqliteChunkFaultTest extends AbstractChunkFaultTest {

  @TempDir Path folder;

  @Override
  TestDatabase database() {
    return TestDatabase.sqlite(folder);
  }

  /** No check can be added to a table that is there. */
  @Override
  void refusePoison(TestDatabase database) throws SQLException {
    database.execute(
        "CREATE TRIGGER no_poison BEFORE INSERT ON {pull_requests} WHEN NEW.title = 'poison'"
            + " BEGIN SELECT RAISE(ABORT, 'poison'); END");
  }
}
