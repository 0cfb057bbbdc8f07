package dev.backfill.jdbc;

class PostgresBookkeepingTest extends AbstractBookkeepingTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }
}
