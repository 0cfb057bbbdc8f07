package dev.backfill.github.internal.pull;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Goes through everything, oldest first. */
public interface HistoryWalker<T> extends Walker<T> {

  /** GitHub's time when the page was so in which it is; null before the first one. */
  @Nullable Instant asOf();

  /** How many items there were before the first page was read; null when it did not count them. */
  default @Nullable Baseline baseline() {
    return null;
  }
}
