package dev.backfill.jdbc;

class PostgresChunkFaultTest extends AbstractChunkFaultTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgresWithoutPool();
  }
}
