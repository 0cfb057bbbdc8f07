package dev.backfill.jdbc;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class SqliteSchemaTest extends AbstractSchemaTest {

  @TempDir Path folder;

  @Override
  TestDatabase database() {
    return TestDatabase.sqlite(folder);
  }

  /** There are no schemas. */
  @Override
  TableNames otherNames() {
    return new TableNames(null, "my_");
  }
}
