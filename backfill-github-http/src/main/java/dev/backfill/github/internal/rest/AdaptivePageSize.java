package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.cursor.TimePosition;

/**
 * The number of items on a page of a REST list: smaller while GitHub fails on large pages, larger
 * again after some good ones. Used by one session.
 */
public final class AdaptivePageSize {

  /** The number of good pages before a larger one is requested. */
  public static final int MIN_SUCCESSES = TimePosition.MIN_SUCCESSES;

  private static final int MAX_SUCCESSES = 160;

  private final int max;
  private final int min;
  private int size;
  private int growAfter;
  private int goodPages;
  private int before;
  private boolean enlarged;

  AdaptivePageSize(int size, int growAfter, PageSizes pages) {
    this.max = pages.rest();
    this.min = pages.minRest();
    this.size = Math.max(1, Math.min(size, max));
    this.growAfter = Math.max(1, Math.min(growAfter, MAX_SUCCESSES));
    this.before = this.size;
  }

  int size() {
    return size;
  }

  /** Returns true if the size is at its max. */
  boolean isMax() {
    return size == max;
  }

  int growAfter() {
    return growAfter;
  }

  /** Records a page of this size. */
  void succeeded() {
    before = size;
    enlarged = false;
    if (size < max && ++goodPages >= growAfter) {
      goodPages = 0;
      enlarged = true;
      size = Math.min(max, size * 2);
    }
  }

  /**
   * Records that GitHub failed on a page of this size.
   *
   * @return false if the smallest page fails, too: then the size is not the reason, and is reset to
   *     that of the last good page
   */
  boolean failed() {
    goodPages = 0;
    if (enlarged) {
      enlarged = false;
      growAfter = Math.min(MAX_SUCCESSES, growAfter * 2);
    }
    if (size <= min) {
      size = before;
      return false;
    }
    size = Math.max(min, size / 2);
    return true;
  }
}
