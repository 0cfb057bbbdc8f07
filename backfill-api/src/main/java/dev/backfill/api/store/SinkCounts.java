package dev.backfill.api.store;

/**
 * What a sink did with a chunk's items. Those neither inserted nor updated were already there,
 * unchanged or newer.
 *
 * @param inserted items that were new
 * @param updated items that replaced an older copy
 */
public record SinkCounts(int inserted, int updated) {

  /** Nothing was written. */
  public static final SinkCounts NONE = new SinkCounts(0, 0);

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when one is negative
   */
  public SinkCounts {
    if (inserted < 0 || updated < 0) {
      throw new IllegalArgumentException("inserted " + inserted + ", updated " + updated);
    }
  }
}
