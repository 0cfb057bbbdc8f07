package dev.backfill.core.run;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Sink;

/**
 * A source, a target and a sink: the input of a run.
 *
 * @param source the source of the items
 * @param target what to read, in the source's notation, such as {@code apache/kafka}
 * @param sink the sink that stores them
 * @param <T> the kind of item
 */
public record BackfillSpec<T>(PullSource<T> source, String target, Sink<T> sink) {

  /**
   * Returns the key under which its progress is stored.
   *
   * @return the source's name and the target
   */
  public BackfillKey key() {
    return new BackfillKey(source.name(), target);
  }
}
