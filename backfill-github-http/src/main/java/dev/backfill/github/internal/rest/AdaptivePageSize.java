package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.cursor.TimePosition;

/**
 * The number of items on a page of a REST list: smaller while GitHub fails on large pages, larger
 * again after some good ones. Belongs to one session.
 */
public final class AdaptivePageSize {

  /** Good pages before a larger one is tried. */
  public static final int MIN_SUCCESSES = TimePosition.MIN_SUCCESSES;

  private static final int MAX_SUCCESSES = 160;

  private final int largest;
  private final int smallest;
  private int size;
  private int growAfter;
  private int goodPages;
  private int before;
  private boolean enlarged;

  AdaptivePageSize(int size, int growAfter, PageSizes pages) {
    this.largest = pages.rest();
    this.smallest = pages.smallestRest();
    this.size = Math.max(1, Math.min(size, largest));
    this.growAfter = Math.max(1, Math.min(growAfter, MAX_SUCCESSES));
    this.before = this.size;
  }

  int size() {
    return size;
  }

  /** Whether it is as large as it may be. */
  boolean isLargest() {
    return size == largest;
  }

  int growAfter() {
    return growAfter;
  }

  /** Takes note of a page of this size. */
  void succeeded() {
    before = size;
    enlarged = false;
    if (size < largest && ++goodPages >= growAfter) {
      goodPages = 0;
      enlarged = true;
      size = Math.min(largest, size * 2);
    }
  }

  /**
   * Takes note of a page of this size that GitHub could not send.
   *
   * @return false if the smallest page fails, too: then the size is not the reason, and stays as it
   *     was after the last good page
   */
  boolean failed() {
    goodPages = 0;
    if (enlarged) {
      enlarged = false;
      growAfter = Math.min(MAX_SUCCESSES, growAfter * 2);
    }
    if (size <= smallest) {
      size = before;
      return false;
    }
    size = Math.max(smallest, size / 2);
    return true;
  }
}
