package dev.backfill.github.internal.cursor;

import java.time.Instant;

/**
 * How many items a list had at some time, and how many newer ones have been delivered since: at
 * least so many should be stored. The list itself cannot tell in its end: what is deleted before
 * the place that is being read hides as many items behind it.
 *
 * @param items how many there were
 * @param at GitHub's time then
 * @param newer how many were delivered that were created later
 */
public record ItemCountBaseline(long items, Instant at, long newer) {

  /** A baseline from which nothing was delivered yet. */
  public ItemCountBaseline(long items, Instant at) {
    this(items, at, 0);
  }

  /** How many items there should be. */
  public long total() {
    return items + newer;
  }

  /**
   * Takes note of an item. One of the same second was most likely there when it was counted; to
   * count it twice would have everything listed for nothing.
   */
  public ItemCountBaseline delivered(Instant createdAt) {
    return isNewer(createdAt) ? new ItemCountBaseline(items, at, newer + 1) : this;
  }

  /** Whether an item was created after the count. */
  public boolean isNewer(Instant createdAt) {
    return createdAt.isAfter(at);
  }

  /** The same number of items at a later time, up to which each of them is part of it. */
  public ItemCountBaseline asOf(Instant later) {
    return later.isAfter(at) ? new ItemCountBaseline(total(), later) : this;
  }
}
