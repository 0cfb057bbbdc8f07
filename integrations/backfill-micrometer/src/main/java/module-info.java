/** Meters and observations of backfills for Micrometer. */
@org.jspecify.annotations.NullMarked
@SuppressWarnings("requires-transitive-automatic") // Micrometer has no module descriptors.
module dev.backfill.micrometer {
  requires transitive dev.backfill.api;
  requires transitive dev.backfill.core;
  requires transitive micrometer.core;
  requires transitive micrometer.observation;
  requires static transitive org.jspecify;

  exports dev.backfill.micrometer;
}
