package dev.backfill.api.source;

import java.util.List;

/**
 * What one transaction stores: the next items in order, and where the item after them is.
 *
 * @param items the items, in the source's order; may be empty, no element is null
 * @param rejected items of the same stretch that cannot be stored; may be empty
 * @param next where the item after this chunk is; stored in the same transaction
 * @param last true when the source had nothing after this chunk
 * @param quotaSpent units of quota that bringing this chunk has cost; 0 or more
 * @param phase what part of the work it belongs to: decides whether its items count as new ones
 * @param bytes bytes that were read for it, as they are before any compression; 0 when nobody
 *     counted them
 * @param <T> the kind of item
 */
public record Chunk<T>(
    List<T> items,
    List<RejectedItem> rejected,
    Cursor next,
    boolean last,
    long quotaSpent,
    Phase phase,
    long bytes) {

  /**
   * Copies the lists and checks the values.
   *
   * @throws IllegalArgumentException when {@code quotaSpent} or {@code bytes} is negative
   */
  public Chunk {
    items = List.copyOf(items);
    rejected = List.copyOf(rejected);
    if (quotaSpent < 0) {
      throw new IllegalArgumentException("quotaSpent is " + quotaSpent + "; it must be 0 or more");
    }
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes is " + bytes + "; it must be 0 or more");
    }
  }

  /**
   * A chunk whose bytes nobody counted.
   *
   * @param items the items, in the source's order; may be empty, no element is null
   * @param rejected items of the same stretch that cannot be stored; may be empty
   * @param next where the item after this chunk is; stored in the same transaction
   * @param last true when the source had nothing after this chunk
   * @param quotaSpent units of quota that bringing this chunk has cost; 0 or more
   * @param phase what part of the work it belongs to
   * @throws IllegalArgumentException when {@code quotaSpent} is negative
   */
  public Chunk(
      List<T> items,
      List<RejectedItem> rejected,
      Cursor next,
      boolean last,
      long quotaSpent,
      Phase phase) {
    this(items, rejected, next, last, quotaSpent, phase, 0);
  }

  /**
   * A chunk of the history itself.
   *
   * @param items the items, in the source's order; may be empty, no element is null
   * @param rejected items of the same stretch that cannot be stored; may be empty
   * @param next where the item after this chunk is; stored in the same transaction
   * @param last true when the source had nothing after this chunk
   * @param quotaSpent units of quota that bringing this chunk has cost; 0 or more
   * @throws IllegalArgumentException when {@code quotaSpent} is negative
   */
  public Chunk(
      List<T> items, List<RejectedItem> rejected, Cursor next, boolean last, long quotaSpent) {
    this(items, rejected, next, last, quotaSpent, Phase.HISTORY);
  }

  /**
   * How many items were read.
   *
   * @return items and rejected items together; one that is {@linkplain RejectedItem#partial()
   *     stored in part} counts once
   */
  public int size() {
    int partial = (int) rejected.stream().filter(RejectedItem::partial).count();
    return items.size() + rejected.size() - partial;
  }
}
