package dev.backfill.supabase;

/** The contract through a real PostgREST. */
class PostgrestJobStoreTest extends SupabaseJobStoreTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
