package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The number of items in a list at some time, plus the newer ones delivered since: the min number
 * of stored items. The end of the list cannot show this number: each deletion before the position
 * that is being read hides one item behind it.
 *
 * @param items the number of items
 * @param counted the newest of them; later items are newer, also those of the same second
 * @param newer the number of delivered items that are newer
 * @param delivered the newest of those; null if there is none, or in a cursor of an earlier release
 */
public record ItemCountBaseline(
    long items, NewestItem counted, long newer, @Nullable NewestItem delivered) {

  /** Creates a baseline before the first delivery. */
  public ItemCountBaseline(long items, NewestItem counted) {
    this(items, counted, 0, null);
  }

  /** Returns the expected number of items. */
  public long total() {
    return items + newer;
  }

  /** Counts a delivered item. */
  public ItemCountBaseline delivered(NewestItem item) {
    return isNewer(item)
        ? new ItemCountBaseline(
            items,
            counted,
            newer + 1,
            delivered == null || item.compareTo(delivered) > 0 ? item : delivered)
        : this;
  }

  /** Returns true if an item was created after the count. */
  public boolean isNewer(NewestItem item) {
    return item.compareTo(counted) > 0;
  }

  /**
   * Returns the same number of items, with the delivered ones among the counted ones.
   *
   * @param since the time up to which all changes were delivered; it stands for the newest
   *     delivered item, which earlier releases did not store
   */
  public ItemCountBaseline settled(Instant since) {
    if (newer == 0) {
      return this;
    }
    return new ItemCountBaseline(
        total(), delivered == null ? new NewestItem(since, Long.MAX_VALUE) : delivered);
  }
}
