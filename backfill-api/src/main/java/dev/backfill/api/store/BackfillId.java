package dev.backfill.api.store;

/**
 * The number that a store gave to a backfill.
 *
 * @param value positive, never reused within a store
 */
public record BackfillId(long value) {

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public BackfillId {
    if (value < 1) {
      throw new IllegalArgumentException("a backfill's id is " + value + "; it must be positive");
    }
  }
}
