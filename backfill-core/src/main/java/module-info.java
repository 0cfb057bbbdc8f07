/** The engine: chunk loop, policies, progress, configuration. */
@org.jspecify.annotations.NullMarked
module dev.backfill.core {
  requires transitive dev.backfill.api;
  requires static transitive org.jspecify;
  requires org.slf4j;

  exports dev.backfill.core;
  exports dev.backfill.core.config;
  exports dev.backfill.core.manager;
  exports dev.backfill.core.memory;
  exports dev.backfill.core.policy;
  exports dev.backfill.core.routing;
  exports dev.backfill.core.run;
}
