package dev.backfill.core.simulation;

import dev.backfill.api.store.ProgressStore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The parts that a mistake can be planted in.
 *
 * @param store what the database does differently
 * @param shelf the sink
 * @param sources how sources are made
 */
record Plants(UnaryOperator<ProgressStore> store, Supplier<Shelf> shelf, Sources sources) {

  /** No mistake. */
  static final Plants NONE = new Plants(store -> store, Shelf::new, SimulatedSource::new);

  /** Makes a worker's source. */
  @FunctionalInterface
  interface Sources {
    SimulatedSource of(World world, Gate gate, int level);
  }

  Plants withStore(UnaryOperator<ProgressStore> other) {
    return new Plants(other, shelf, sources);
  }

  Plants withShelf(Supplier<Shelf> other) {
    return new Plants(store, other, sources);
  }

  Plants withSources(Sources other) {
    return new Plants(store, shelf, other);
  }
}
