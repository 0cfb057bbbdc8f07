package dev.backfill.github.internal.cursor;

import java.time.Instant;

/**
 * The number of items in a list at some time, plus the newer ones delivered since: the min number
 * of stored items. The end of the list cannot show this number: each deletion before the position
 * that is being read hides one item behind it.
 *
 * @param items the number of items
 * @param at GitHub's time of the count
 * @param newer the number of delivered items that were created later
 */
public record ItemCountBaseline(long items, Instant at, long newer) {

  /** Creates a baseline before the first delivery. */
  public ItemCountBaseline(long items, Instant at) {
    this(items, at, 0);
  }

  /** Returns the expected number of items. */
  public long total() {
    return items + newer;
  }

  /**
   * Counts a delivered item. An item created in the second of the count was most likely counted
   * then. Counting it twice would cause a needless listing of all keys.
   */
  public ItemCountBaseline delivered(Instant createdAt) {
    return isNewer(createdAt) ? new ItemCountBaseline(items, at, newer + 1) : this;
  }

  /** Returns true if an item was created after the count. */
  public boolean isNewer(Instant createdAt) {
    return createdAt.isAfter(at);
  }

  /** Returns the same number of items as of a later time, up to which each of them is included. */
  public ItemCountBaseline asOf(Instant later) {
    return later.isAfter(at) ? new ItemCountBaseline(total(), later) : this;
  }
}
