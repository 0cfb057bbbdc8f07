package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;

/** A wrapper of the store. Beans of this type are applied in their order. */
@FunctionalInterface
public interface BackfillStoreCustomizer {

  /**
   * Wraps the store, such as with a sink for items of the host's own.
   *
   * @param store the store of the properties, or the result of the customizer before
   * @return the store to use, such as the same
   */
  BackfillStore customize(BackfillStore store);
}
