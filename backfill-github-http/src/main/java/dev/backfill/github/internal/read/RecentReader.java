package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.ListVersion;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A reader of changes since a time, newest first unless it reads in the order of update. */
public interface RecentReader<T> extends ItemReader<T> {

  /** The max lag of GitHub's replicas and clocks. */
  Duration OVERLAP = ListVersion.OVERLAP;

  /** Returns GitHub's time of its beginning, or null before. */
  @Nullable Instant begunAt();

  /** Returns true if the newest change comes first. */
  default boolean isNewestFirst() {
    return true;
  }

  /** Returns true if it reads everything, so that its total is that of the list. */
  default boolean isWhole() {
    return false;
  }

  /** Returns true if another pass has to confirm that nothing was missed. */
  default boolean isUnconfirmed() {
    return false;
  }

  /** Returns true if something was newer than the time that it began from. */
  boolean hasChanges();

  /** Returns the version of the list at its beginning, or null if GitHub sent none. */
  @Nullable ListVersion listVersion();
}
