package dev.backfill.supabase;

/** The contract through a real PostgREST. */
class PostgrestProgressStoreTest extends SupabaseProgressStoreTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
