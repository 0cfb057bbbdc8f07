package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.ItemCountBaseline;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Goes through everything, oldest first. */
public interface HistoryReader<T> extends ItemReader<T> {

  /** GitHub's time when the page was so in which it is; null before the first one. */
  @Nullable Instant asOf();

  /** How many items there were before the first page was read; null when it did not count them. */
  default @Nullable ItemCountBaseline baseline() {
    return null;
  }
}
