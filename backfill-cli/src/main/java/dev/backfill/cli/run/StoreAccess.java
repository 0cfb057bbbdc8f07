package dev.backfill.cli.run;

import dev.backfill.api.BackfillStore;
import java.util.Optional;

/** A way to the store of the settings. */
interface StoreAccess {

  /**
   * An open store.
   *
   * @param store the store
   * @param resource closes its connections
   */
  record OpenStore(BackfillStore store, Runnable resource) {

    void close() {
      resource.run();
    }
  }

  /** Opens the store, and creates what is missing if this way can create it. */
  OpenStore open(int connections);

  /** Opens the store for reading; empty if there is none yet. Creates nothing. */
  Optional<OpenStore> openExisting();

  /** Returns the address without secrets. */
  String shown();

  /** Returns address, user and password for other clients, in lines. */
  String connection();
}
