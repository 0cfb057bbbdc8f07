package dev.backfill.github.internal.cursor;

import java.time.Duration;
import java.time.Instant;

/**
 * The last item of a list in the order of creation.
 *
 * @param createdAt its time of creation, in whole seconds
 * @param number its number, which ascends among the items of one second
 */
public record NewestItem(Instant createdAt, long number) implements Comparable<NewestItem> {

  /** The max lag of GitHub's replicas. */
  private static final Duration LAG = ListVersion.OVERLAP;

  /**
   * Creates a bound for a list whose last item is unknown. Every item that the list may have lacked
   * is newer. An item that is counted twice causes a needless listing of all keys; an item that is
   * not counted hides another one.
   *
   * @param asOf GitHub's time of the list
   */
  public static NewestItem unknown(Instant asOf) {
    return new NewestItem(asOf.minus(LAG), Long.MAX_VALUE);
  }

  @Override
  public int compareTo(NewestItem other) {
    int byTime = createdAt.compareTo(other.createdAt);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }
}
