package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list: behind an item of a page.
 *
 * @param page path and query of the page within the API, as GitHub's link gave it
 * @param offset how many items of it are done
 * @param anchor GitHub's number of the last one that is done, or null when there is none or it
 *     cannot be read
 * @param changedAt in a list by change, newest first, when the last one that is done had changed;
 *     else null
 */
public record PagePosition(
    String page, int offset, @Nullable Long anchor, @Nullable Instant changedAt)
    implements Position {

  /** The largest page of a list; GitHub returns no larger one. */
  public static final int PAGE_SIZE = 100;

  public PagePosition(String page, int offset, @Nullable Long anchor) {
    this(page, offset, anchor, null);
  }

  /** The beginning of a list. */
  public static PagePosition firstOf(String page) {
    return new PagePosition(page, 0, null);
  }
}
