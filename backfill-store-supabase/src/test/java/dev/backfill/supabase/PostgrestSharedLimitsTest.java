package dev.backfill.supabase;

/** The contract through a real PostgREST. */
class PostgrestSharedLimitsTest extends SupabaseSharedLimitsTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
