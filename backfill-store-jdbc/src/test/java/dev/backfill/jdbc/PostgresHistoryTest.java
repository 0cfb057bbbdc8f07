package dev.backfill.jdbc;

class PostgresHistoryTest extends AbstractHistoryTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }
}
