package dev.backfill.jdbc;

class H2HistoryTablesTest extends AbstractHistoryTablesTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
