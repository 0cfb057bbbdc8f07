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

  /** Whether it is as large as it may be. */
  boolean isMax() {
    return size == max;
  }

  int growAfter() {
    return growAfter;
  }

  /** A page of this size came. */
  void succeeded() {
    proven = Math.max(proven, size);
    if (++goodPages >= growAfter) {
      goodPages = 0;
      shrinking = false;
      size = Math.min(max, size + Math.max(1, size / 4));
    }
  }

  /** A page of this size did not come. */
  void failed() {
    goodPages = 0;
    if (!shrinking && proven > 0 && size > proven) {
      // The step up was one too many.
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

  /** It was not the size: one item alone, or GitHub itself, is broken. */
  void wasNotTheSize() {
    if (shrinking) {
      size = beforeShrinking;
    }
    shrinking = false;
    goodPages = 0;
  }
}
