package dev.backfill.jdbc;

class H2HistoryTest extends AbstractHistoryTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
