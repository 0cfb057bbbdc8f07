/** Progress, leases and history tables over JDBC: PostgreSQL, H2 and SQLite. */
@org.jspecify.annotations.NullMarked
module dev.backfill.jdbc {
  requires transitive dev.backfill.api;
  requires transitive java.sql;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.backfill.jdbc;
}
