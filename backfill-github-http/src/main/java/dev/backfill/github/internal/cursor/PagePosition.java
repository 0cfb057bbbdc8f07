package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A position in a list: behind an item of a page.
 *
 * @param page path and query of the page within the API, as in GitHub's link
 * @param offset the number of its items that are done
 * @param anchor GitHub's number of the last item that is done, or null if there is none or it
 *     cannot be read
 * @param changedAt in a list by change, newest first: the time of change of the last item that is
 *     done; else null
 */
public record PagePosition(
    String page, int offset, @Nullable Long anchor, @Nullable Instant changedAt)
    implements Position {

  /** GitHub's max page size of a list. */
  public static final int PAGE_SIZE = 100;

  public PagePosition(String page, int offset, @Nullable Long anchor) {
    this(page, offset, anchor, null);
  }

  /** Returns the beginning of a list. */
  public static PagePosition firstOf(String page) {
    return new PagePosition(page, 0, null);
  }
}
