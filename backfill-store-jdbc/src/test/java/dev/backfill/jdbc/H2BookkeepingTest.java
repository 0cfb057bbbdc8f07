package dev.backfill.jdbc;

class H2BookkeepingTest extends AbstractBookkeepingTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
