package dev.backfill.supabase;

/** The contract through a real PostgREST. */
class PostgrestFailureLogTest extends SupabaseFailureLogTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
