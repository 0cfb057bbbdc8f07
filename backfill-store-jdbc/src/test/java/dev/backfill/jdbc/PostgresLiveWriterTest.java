package dev.backfill.jdbc;

class PostgresLiveWriterTest extends AbstractLiveWriterTest {

  @Override
  TestDatabase database() {
    return TestDatabase.postgres();
  }

  @Override
  String waiting(Row row) {
    return "SELECT COUNT(*) FROM pg_locks WHERE NOT granted"
        + " AND pg_backend_pid() = ANY(pg_blocking_pids(pid))";
  }

  @Override
  String impatient() {
    return "SET LOCAL lock_timeout = '1ms'";
  }
}
