package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.ItemCountBaseline;
import dev.backfill.github.internal.cursor.ListVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A reader of everything, oldest first. */
public interface HistoryReader<T> extends ItemReader<T> {

  /** Returns GitHub's time of the present page; null before the first one. */
  @Nullable Instant asOf();

  /** Returns the version of a list that was read whole in one session; null for any other. */
  default @Nullable ListVersion listVersion() {
    return null;
  }

  /** Returns the number of items before the first page was read; null if it was not counted. */
  default @Nullable ItemCountBaseline baseline() {
    return null;
  }
}
