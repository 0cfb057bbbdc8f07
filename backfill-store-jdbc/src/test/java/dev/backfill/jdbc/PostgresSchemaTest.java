package dev.backfill.jdbc;

class PostgresSchemaTest extends AbstractSchemaTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }
}
