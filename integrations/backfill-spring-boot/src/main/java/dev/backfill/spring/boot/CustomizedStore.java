package dev.backfill.spring.boot;

import dev.backfill.api.BackfillStore;
import org.springframework.beans.factory.ObjectProvider;

/** The application of the host's customizers to a store. */
final class CustomizedStore {

  private CustomizedStore() {}

  static BackfillStore of(
      BackfillStore opened, ObjectProvider<BackfillStoreCustomizer> customizers) {
    BackfillStore store = opened;
    for (BackfillStoreCustomizer each : customizers.orderedStream().toList()) {
      store = each.customize(store);
    }
    return store;
  }
}
