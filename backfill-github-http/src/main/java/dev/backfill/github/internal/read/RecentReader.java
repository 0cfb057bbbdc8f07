package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.ListVersion;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Goes through what changed since a time, newest first unless it reads in the order of update. */
public interface RecentReader<T> extends ItemReader<T> {

  /** GitHub's replicas and clocks may lag by this much. */
  Duration OVERLAP = ListVersion.OVERLAP;

  /** GitHub's time when it began, or null before. */
  @Nullable Instant begunAt();

  /** Whether the newest change comes first. */
  default boolean isNewestFirst() {
    return true;
  }

  /** Whether something was newer than the time that it began from. */
  boolean hasChanges();

  /** The version of the list that it began with, or null when GitHub names none. */
  @Nullable ListVersion listVersion();
}
