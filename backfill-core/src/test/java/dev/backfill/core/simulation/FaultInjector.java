package dev.backfill.core.simulation;

import dev.backfill.api.store.ProgressStore;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The parts that a mistake can be planted in.
 *
 * @param store what the database does differently
 * @param table the sink
 * @param sources how sources are made
 */
record FaultInjector(
    UnaryOperator<ProgressStore> store, Supplier<InMemoryTable> table, Sources sources) {

  /** No mistake. */
  static final FaultInjector NONE =
      new FaultInjector(store -> store, InMemoryTable::new, SimulatedSource::new);

  /** Makes a worker's source. */
  @FunctionalInterface
  interface Sources {
    SimulatedSource of(World world, Gate gate, int level);
  }

  FaultInjector withStore(UnaryOperator<ProgressStore> other) {
    return new FaultInjector(other, table, sources);
  }

  FaultInjector withTable(Supplier<InMemoryTable> other) {
    return new FaultInjector(store, other, sources);
  }

  FaultInjector withSources(Sources other) {
    return new FaultInjector(store, table, other);
  }
}
