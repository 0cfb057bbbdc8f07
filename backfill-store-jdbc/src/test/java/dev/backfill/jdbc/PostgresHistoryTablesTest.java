package dev.backfill.jdbc;

class PostgresHistoryTablesTest extends AbstractHistoryTablesTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }
}
