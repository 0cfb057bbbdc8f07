package dev.backfill.supabase;

/** The same rows over a real PostgREST and over JDBC. */
class PostgrestSameRowsTest extends SameRowsTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
