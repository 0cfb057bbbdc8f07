package dev.backfill.testkit.github;

import java.time.Instant;

/** A list of everything of one kind in a repository, in the order of creation. */
interface Rows {

  /** How many there are; grows. */
  long size();

  /** When the one at a position from 0 last changed. Cheaper than deriving all of it. */
  Instant updatedAt(long position);

  /** Whether the one at a position is in a state: {@code open}, {@code closed} or {@code all}. */
  default boolean isIn(long position, String state) {
    return true;
  }

  /** Counts the changes to what is there, so that an order that was worked out can be kept. */
  default long version() {
    return size();
  }
}
