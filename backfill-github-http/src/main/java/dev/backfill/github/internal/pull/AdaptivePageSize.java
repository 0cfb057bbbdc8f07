package dev.backfill.github.internal.pull;

/**
 * The number of items on a page of a REST list: smaller while GitHub fails on large pages, larger
 * again after some good ones. Belongs to one session.
 */
final class AdaptivePageSize {

  static final int LARGEST = Page.SIZE;
  static final int SMALLEST = 25;

  /** Good pages before a larger one is tried. */
  static final int PATIENCE = 10;

  private static final int MAX_PATIENCE = 160;

  private int size;
  private int patience;
  private int goodPages;
  private int before;
  private boolean enlarged;

  AdaptivePageSize(int size, int patience) {
    this.size = Math.max(1, Math.min(size, LARGEST));
    this.patience = Math.max(1, Math.min(patience, MAX_PATIENCE));
    this.before = this.size;
  }

  int size() {
    return size;
  }

  int patience() {
    return patience;
  }

  /** Takes note of a page of this size. */
  void succeeded() {
    before = size;
    enlarged = false;
    if (size < LARGEST && ++goodPages >= patience) {
      goodPages = 0;
      enlarged = true;
      size = Math.min(LARGEST, size * 2);
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
      patience = Math.min(MAX_PATIENCE, patience * 2);
    }
    if (size <= SMALLEST) {
      size = before;
      return false;
    }
    size = Math.max(SMALLEST, size / 2);
    return true;
  }
}
