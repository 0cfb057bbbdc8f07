/** The SPI of backfill and the values that cross it. */
@org.jspecify.annotations.NullMarked
module dev.backfill.api {
  requires static transitive org.jspecify;

  exports dev.backfill.api;
  exports dev.backfill.api.event;
  exports dev.backfill.api.failure;
  exports dev.backfill.api.history;
  exports dev.backfill.api.job;
  exports dev.backfill.api.policy;
  exports dev.backfill.api.quota;
  exports dev.backfill.api.report;
  exports dev.backfill.api.source;
  exports dev.backfill.api.store;
  exports dev.backfill.api.time;
  exports dev.backfill.api.internal.history to
      dev.backfill.jdbc,
      dev.backfill.supabase;
}
