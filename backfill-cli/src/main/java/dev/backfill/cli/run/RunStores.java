package dev.backfill.cli.run;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.memory.InMemoryStore;
import org.jspecify.annotations.Nullable;

/**
 * The stores and sinks of a run.
 *
 * @param progress the store of progress
 * @param sinks the sinks of its sources
 * @param limits the store of limits that processes share, or null to share none
 * @param resource closes the stores
 */
record RunStores(
    ProgressStore progress, Sinks sinks, @Nullable SharedLimits limits, Runnable resource)
    implements AutoCloseable {

  /** The sinks of sources. */
  interface Sinks {

    /** Returns the sink for the items of a source. */
    <T> Sink<T> of(PullSource<T> source);
  }

  static RunStores database(BackfillSettings settings, int connections) {
    Database database = Database.open(settings, connections);
    BackfillStore store = database.store();
    return new RunStores(store.progress(), store::sinkFor, store.limits(), database::close);
  }

  /** Returns stores for a dry run: they count items in memory and write nothing. */
  static RunStores nowhere() {
    return new RunStores(new InMemoryStore().progress(), RunStores::writeNothing, null, () -> {});
  }

  private static <T> Sink<T> writeNothing(PullSource<T> source) {
    return (items, transaction) -> SinkCounts.NONE;
  }

  @Override
  public void close() {
    resource.run();
  }
}
