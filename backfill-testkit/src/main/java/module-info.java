/**
 * Contract tests, a manual clock, fault plans, a simulated GitHub and Supabase, for tests of and on
 * backfill.
 */
@org.jspecify.annotations.NullMarked
module dev.backfill.testkit {
  requires transitive dev.backfill.api;
  requires transitive java.sql;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;
  requires com.fasterxml.jackson.core;
  requires com.graphqljava;
  requires org.assertj.core;

  exports dev.backfill.testkit;
  exports dev.backfill.testkit.fault;
  exports dev.backfill.testkit.github;
  exports dev.backfill.testkit.postgrest;
}
