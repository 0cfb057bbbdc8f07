package dev.backfill.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteHistoryTablesTest extends AbstractHistoryTablesTest {

  @TempDir Path folder;

  @Override
  TestDatabase database() {
    return TestDatabase.sqlite(folder);
  }
}
