package dev.backfill.jdbc;

class H2LiveWriterTest extends AbstractLiveWriterTest {

  @Override
  TestDatabase database() {
    return TestDatabase.h2With(";LOCK_TIMEOUT=60000");
  }

  @Override
  String waiting(Row row) {
    // Who waits for the end of an insert has no blocker; what it looked at was a statement before.
    return "SELECT COUNT(*) FROM information_schema.sessions WHERE blocker_id = SESSION_ID()"
        + (" OR executing_statement LIKE 'INSERT INTO " + row.table() + " %'");
  }

  @Override
  String impatient() {
    return "SET LOCK_TIMEOUT 1";
  }
}
