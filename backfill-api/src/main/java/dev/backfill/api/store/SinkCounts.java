package dev.backfill.api.store;

/**
 * The result of a sink's write. Items neither inserted nor updated were stored already, unchanged
 * or newer.
 *
 * @param inserted the number of new items
 * @param updated the number of items that replaced an older copy
 */
public record SinkCounts(int inserted, int updated) {

  /** Nothing was written. */
  public static final SinkCounts NONE = new SinkCounts(0, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one is negative
   */
  public SinkCounts {
    if (inserted < 0 || updated < 0) {
      throw new IllegalArgumentException("inserted " + inserted + ", updated " + updated);
    }
  }
}
