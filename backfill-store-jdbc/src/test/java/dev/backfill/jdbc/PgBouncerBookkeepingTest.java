package dev.backfill.jdbc;

class PgBouncerBookkeepingTest extends AbstractBookkeepingTest {

  @Override
  TestDatabase database() {
    return PgBouncerDatabase.create();
  }
}
