package dev.backfill.jdbc;

class PgBouncerHistoryTest extends AbstractHistoryTest {

  @Override
  TestDatabase database() {
    return PgBouncerDatabase.create();
  }
}
