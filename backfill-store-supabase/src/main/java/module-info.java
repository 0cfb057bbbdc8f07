/** Progress, leases and history tables over Supabase's REST API. */
@org.jspecify.annotations.NullMarked
module dev.backfill.supabase {
  requires transitive dev.backfill.api;
  requires transitive java.net.http;
  requires com.fasterxml.jackson.core;
  requires org.slf4j;
  requires static transitive org.jspecify;

  exports dev.backfill.supabase;
}
