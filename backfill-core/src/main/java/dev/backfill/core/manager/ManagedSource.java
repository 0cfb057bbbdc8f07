package dev.backfill.core.manager;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.Sink;
import dev.backfill.core.run.BackfillSpec;

/** A source that is fetched for every tracked target, and the sink for its items. */
record ManagedSource<T>(PullSource<T> source, Sink<T> sink) {

  BackfillSpec<T> job(String target) {
    return new BackfillSpec<>(source, target, sink);
  }
}
