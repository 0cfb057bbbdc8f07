package dev.backfill.spring.boot;

import dev.backfill.core.manager.BackfillManager;

/** A change of the manager before it is built. Beans of this type are applied in their order. */
@FunctionalInterface
public interface BackfillManagerCustomizer {

  /**
   * Changes the manager, such as its rules, or adds a source with a sink of the host.
   *
   * @param builder the builder, with the values of the properties
   */
  void customize(BackfillManager.Builder builder);
}
