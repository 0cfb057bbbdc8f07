package dev.backfill.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteLiveWriterTest extends AbstractLiveWriterTest {

  @TempDir Path folder;

  @Override
  TestDatabase database() {
    return TestDatabase.sqlite(folder);
  }

  @Override
  String waiting(Row row) {
    return "SELECT 1";
  }

  @Override
  String impatient() {
    return "PRAGMA busy_timeout = 0";
  }
}
