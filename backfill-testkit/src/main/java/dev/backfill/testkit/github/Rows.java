package dev.backfill.testkit.github;

import java.time.Instant;

/** A list of everything of one kind in a repository, in the order of creation. */
interface Rows {

  /** What rows are sorted by. */
  enum Order {
    CREATED,
    UPDATED,
    COMMENTS
  }

  /** How many there are; grows. */
  long size();

  /** When the one at a position from 0 last changed. Cheaper than deriving all of it. */
  Instant updatedAt(long position);

  /**
   * Whether the one at a position is there and in a state: {@code open}, {@code closed}, {@code
   * all}, or one of several of GraphQL's with spaces between them.
   */
  default boolean isIn(long position, String state) {
    return true;
  }

  /** Whether some of the positions are empty, as what was there is deleted. */
  default boolean hasGaps() {
    return false;
  }

  /** How many comments the one at a position has. */
  default int comments(long position) {
    return 0;
  }

  /** Counts the changes to what is there, so that an order that was worked out can be kept. */
  default long version() {
    return size();
  }

  /** What the one at a position is sorted by; positions decide between equals. */
  default long key(Order order, long position) {
    return switch (order) {
      case CREATED -> 0;
      case UPDATED -> updatedAt(position).getEpochSecond();
      case COMMENTS -> comments(position);
    };
  }
}
