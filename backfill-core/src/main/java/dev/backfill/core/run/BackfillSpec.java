package dev.backfill.core.run;

import dev.backfill.api.source.PullSource;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Sink;

/**
 * What to bring from where to where.
 *
 * @param source where the items come from
 * @param target what to read, in the source's notation, such as {@code apache/kafka}
 * @param sink where the items go
 * @param <T> the kind of item
 */
public record BackfillSpec<T>(PullSource<T> source, String target, Sink<T> sink) {

  /**
   * Under which key its progress is stored.
   *
   * @return the source's name and the target
   */
  public BackfillKey key() {
    return new BackfillKey(source.name(), target);
  }
}
