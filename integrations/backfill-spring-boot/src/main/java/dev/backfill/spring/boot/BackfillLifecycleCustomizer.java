package dev.backfill.spring.boot;

/** A change of the lifecycle before it is built. Beans of this type are applied in their order. */
@FunctionalInterface
public interface BackfillLifecycleCustomizer {

  /**
   * Changes the lifecycle, such as its phase or the repositories to track.
   *
   * @param builder the builder, with the values of the properties
   */
  void customize(BackfillLifecycle.Builder builder);
}
