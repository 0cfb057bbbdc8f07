package dev.backfill.supabase;

/** A manager over a real PostgREST. */
class PostgrestManagerTest extends ManagerOverRestTest {

  @Override
  RestProject start() throws Exception {
    return RestProject.startPostgrest();
  }
}
