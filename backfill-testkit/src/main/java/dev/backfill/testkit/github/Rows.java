package dev.backfill.testkit.github;

import java.time.Instant;

/** A list of all items of one kind in a repository, in the order of creation. */
interface Rows {

  /** The sort orders of rows. */
  enum Order {
    CREATED,
    UPDATED,
    COMMENTS
  }

  /** Returns the number of rows, which only grows. */
  long size();

  /**
   * Returns the time of the last change of the item at a position from 0. Cheaper than deriving the
   * whole item.
   */
  Instant updatedAt(long position);

  /**
   * Returns true if the item at a position exists and is in a state: {@code open}, {@code closed},
   * {@code all}, or one of several GraphQL states with spaces between them.
   */
  default boolean isIn(long position, String state) {
    return true;
  }

  /** Returns true if some positions are empty, as their items were deleted. */
  default boolean hasGaps() {
    return false;
  }

  /** Returns the number of comments of the item at a position. */
  default int comments(long position) {
    return 0;
  }

  /** Returns the number of changes, so that a cached order can be checked. */
  default long version() {
    return size();
  }

  /** Returns the sort key of the item at a position; positions decide between equal keys. */
  default long key(Order order, long position) {
    return switch (order) {
      case CREATED -> 0;
      case UPDATED -> updatedAt(position).getEpochSecond();
      case COMMENTS -> comments(position);
    };
  }
}
