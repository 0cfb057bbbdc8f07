package dev.backfill.api.source;

import java.util.List;

/**
 * The unit of one commit: the next items in order, and the cursor behind them.
 *
 * @param items the items, in the source's order; may be empty, no element is null
 * @param rejected items of the same range that cannot be stored; may be empty
 * @param next the place of the item after this chunk; stored in the same transaction
 * @param last true if the source had nothing after this chunk
 * @param quotaSpent units of quota that fetching this chunk has cost; 0 or more
 * @param phase the part of the work that it belongs to; decides if its items count as new ones
 * @param bytes bytes that the source read for it, before any compression; 0 if the source does not
 *     count them
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
   * @throws IllegalArgumentException if {@code quotaSpent} or {@code bytes} is negative
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
   * Creates a chunk whose bytes are not counted.
   *
   * @param items the items, in the source's order; may be empty, no element is null
   * @param rejected items of the same range that cannot be stored; may be empty
   * @param next the place of the item after this chunk; stored in the same transaction
   * @param last true if the source had nothing after this chunk
   * @param quotaSpent units of quota that fetching this chunk has cost; 0 or more
   * @param phase the part of the work that it belongs to
   * @throws IllegalArgumentException if {@code quotaSpent} is negative
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
   * Creates a chunk of the history itself.
   *
   * @param items the items, in the source's order; may be empty, no element is null
   * @param rejected items of the same range that cannot be stored; may be empty
   * @param next the place of the item after this chunk; stored in the same transaction
   * @param last true if the source had nothing after this chunk
   * @param quotaSpent units of quota that fetching this chunk has cost; 0 or more
   * @throws IllegalArgumentException if {@code quotaSpent} is negative
   */
  public Chunk(
      List<T> items, List<RejectedItem> rejected, Cursor next, boolean last, long quotaSpent) {
    this(items, rejected, next, last, quotaSpent, Phase.HISTORY);
  }

  /**
   * Returns this chunk with other items.
   *
   * @param other the items; no element is null
   * @return a chunk that has everything else from this one
   */
  public Chunk<T> withItems(List<T> other) {
    return new Chunk<>(other, rejected, next, last, quotaSpent, phase, bytes);
  }

  /**
   * Returns this chunk with other rejected items.
   *
   * @param other the rejected items; no element is null
   * @return a chunk that has everything else from this one
   */
  public Chunk<T> withRejected(List<RejectedItem> other) {
    return new Chunk<>(items, other, next, last, quotaSpent, phase, bytes);
  }

  /**
   * Returns this chunk with another end.
   *
   * @param other the place of the item after the chunk
   * @param isLast true if the source has nothing after it
   * @return a chunk that has everything else from this one
   */
  public Chunk<T> withNext(Cursor other, boolean isLast) {
    return new Chunk<>(items, rejected, other, isLast, quotaSpent, phase, bytes);
  }

  /**
   * Returns this chunk with another cost.
   *
   * @param units units of quota; 0 or more
   * @return a chunk that has everything else from this one
   * @throws IllegalArgumentException if {@code units} is negative
   */
  public Chunk<T> withQuotaSpent(long units) {
    return new Chunk<>(items, rejected, next, last, units, phase, bytes);
  }

  /**
   * Returns this chunk in another phase.
   *
   * @param other the phase
   * @return a chunk that has everything else from this one
   */
  public Chunk<T> withPhase(Phase other) {
    return new Chunk<>(items, rejected, next, last, quotaSpent, other, bytes);
  }

  /**
   * Returns the number of items that were read.
   *
   * @return items and rejected items together; one that is {@linkplain RejectedItem#partial()
   *     stored in part} counts once
   */
  public int size() {
    int partial = (int) rejected.stream().filter(RejectedItem::partial).count();
    return items.size() + rejected.size() - partial;
  }
}
