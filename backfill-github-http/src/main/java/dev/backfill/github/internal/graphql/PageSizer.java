package dev.backfill.github.internal.graphql;

import dev.backfill.github.internal.cursor.PageSizes;

/**
 * How many items to ask for at once: fewer at once when GitHub fails on that many, a few more when
 * it has gone well for a while. Belongs to one session.
 */
final class PageSizer {

  /** Good pages before a larger one is tried. */
  static final int MIN_SUCCESSES = 10;

  private static final int MAX_SUCCESSES = 160;

  private final int largest;
  private int size;
  private int patience;
  private int goodPages;
  private int proven;
  private boolean shrinking;
  private int beforeShrinking;

  PageSizer(int size, int patience, PageSizes pages) {
    this.largest = pages.queries();
    this.size = Math.max(1, Math.min(size, largest));
    this.patience = Math.max(1, Math.min(patience, MAX_SUCCESSES));
  }

  int size() {
    return size;
  }

  /** Whether it is as large as it may be. */
  boolean isLargest() {
    return size == largest;
  }

  int patience() {
    return patience;
  }

  /** A page of this size came. */
  void succeeded() {
    proven = Math.max(proven, size);
    if (++goodPages >= patience) {
      goodPages = 0;
      shrinking = false;
      size = Math.min(largest, size + Math.max(1, size / 4));
    }
  }

  /** A page of this size did not come. */
  void failed() {
    goodPages = 0;
    if (!shrinking && proven > 0 && size > proven) {
      // The step up was one too many.
      patience = Math.min(MAX_SUCCESSES, patience * 2);
      size = proven;
      return;
    }
    if (!shrinking) {
      shrinking = true;
      beforeShrinking = size;
    }
    proven = 0;
    size = Math.max(1, size / 2);
  }

  /** It was not the size: one item alone, or GitHub itself, is broken. */
  void wasNotTheSize() {
    if (shrinking) {
      size = beforeShrinking;
    }
    shrinking = false;
    goodPages = 0;
  }
}
