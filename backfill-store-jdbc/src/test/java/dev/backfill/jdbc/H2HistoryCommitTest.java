package dev.backfill.jdbc;

class H2HistoryCommitTest extends AbstractHistoryCommitTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2();
  }
}
