package dev.backfill.core.run;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Sink;

/**
 * The input of a run: a source, a target and a sink.
 *
 * @param source the source of the items
 * @param target the target in the source's notation, such as {@code apache/kafka}
 * @param sink the sink that stores them
 * @param <T> the kind of item
 */
public record BackfillSpec<T>(PullSource<T> source, String target, Sink<T> sink) {

  /**
   * Creates a spec whose items go into a store's own tables.
   *
   * @param source the source of the items
   * @param target the target in the source's notation, such as {@code apache/kafka}
   * @param store the store
   * @param <T> the kind of item
   * @return the spec
   * @throws InvalidConfigurationException if the store has no tables for the source's items
   */
  public static <T> BackfillSpec<T> of(PullSource<T> source, String target, BackfillStore store) {
    return new BackfillSpec<>(source, target, store.sinkFor(source));
  }

  /**
   * Returns the key under which its progress is stored.
   *
   * @return the source's name and the target
   */
  public BackfillKey key() {
    return new BackfillKey(source.name(), target);
  }
}
