package dev.backfill.jdbc;

class PgBouncerHistoryCommitTest extends AbstractHistoryCommitTest {

  @Override
  TestDatabase database() {
    return PgBouncerDatabase.create();
  }
}
