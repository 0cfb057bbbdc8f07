package dev.backfill.core.comparison;

import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What a history costs to read, whoever decides on the chunks.
 *
 * @param name a few words for the table
 * @param items how many there are
 * @param bounds the sizes that a policy may choose from
 * @param costs what each chunk costs
 * @param allowance the quota, or null where there is none
 * @param steady whether all chunks cost the same but for noise, so that a policy has to settle
 */
record Trace(
    String name,
    int items,
    Bounds bounds,
    CostModel costs,
    @Nullable Allowance allowance,
    boolean steady) {

  /** The sizes that a policy may choose from. */
  record Bounds(int smallest, int largest) {

    static final Bounds DEFAULT = new Bounds(25, 50);
  }

  /** What each chunk costs. */
  interface CostModel {

    /**
     * The cost of a chunk.
     *
     * @param size items in it
     * @param done items before it
     * @param random the same numbers for every policy that does the same
     */
    Cost of(int size, int done, Random random);
  }

  /**
   * What a chunk costs.
   *
   * @param seconds how long it takes to read and store, or to fail
   * @param bytes bytes that are read for it
   * @param fails whether it does not come
   */
  record Cost(double seconds, long bytes, boolean fails) {

    static Cost of(double seconds) {
      return new Cost(seconds, 0, false);
    }

    static Cost failure(double seconds) {
      return new Cost(seconds, 0, true);
    }
  }

  /**
   * A quota that is whole again every hour.
   *
   * @param limit units an hour
   * @param unitsPerItem what an item takes of it
   * @param othersPerHour what somebody else takes of it meanwhile
   */
  record Allowance(long limit, int unitsPerItem, long othersPerHour) {}
}
