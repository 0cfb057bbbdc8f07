package dev.backfill.spring.boot;

import dev.backfill.core.BackfillEngine;

/**
 * A change of engines before they are built: of the bean and of the manager's own. Beans of this
 * type are applied in their order.
 */
@FunctionalInterface
public interface BackfillEngineCustomizer {

  /**
   * Changes an engine, such as its policy, its backoff or its failure budget.
   *
   * @param builder the builder, with the values of the properties
   */
  void customize(BackfillEngine.Builder builder);
}
