package dev.backfill.github.internal.graphql;

import dev.backfill.github.internal.cursor.PageSizes;

/**
 * The number of items to request at once: reduced as soon as GitHub fails on it, and increased a
 * little after a row of good pages. Used by one session.
 */
final class PageSizer {

  /** The number of good pages before a larger one is requested. */
  static final int MIN_SUCCESSES = 10;

  private static final int MAX_SUCCESSES = 160;

  private final int max;
  private int size;
  private int growAfter;
  private int goodPages;
  private int proven;
  private boolean shrinking;
  private int beforeShrinking;

  PageSizer(int size, int growAfter, PageSizes pages) {
    this.max = pages.queries();
    this.size = Math.max(1, Math.min(size, max));
    this.growAfter = Math.max(1, Math.min(growAfter, MAX_SUCCESSES));
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
    proven = Math.max(proven, size);
    if (++goodPages >= growAfter) {
      goodPages = 0;
      shrinking = false;
      size = Math.min(max, size + Math.max(1, size / 4));
    }
  }

  /** Records that a page of this size failed. */
  void failed() {
    goodPages = 0;
    if (!shrinking && proven > 0 && size > proven) {
      // The last increase was too large.
      growAfter = Math.min(MAX_SUCCESSES, growAfter * 2);
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

  /** Records that the size was not the reason: one item alone, or GitHub itself, fails. */
  void wasNotTheSize() {
    if (shrinking) {
      size = beforeShrinking;
    }
    shrinking = false;
    goodPages = 0;
  }
}
