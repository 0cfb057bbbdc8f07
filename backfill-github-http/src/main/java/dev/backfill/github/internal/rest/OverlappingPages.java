package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the pages of a numbered list without skipping an item, although others are deleted or move
 * meanwhile. Each page must begin with some items of the page before it. If it contains none of
 * them, the list has moved, and the page in front is read. Used by one session.
 */
final class OverlappingPages<T> {

  /** A list in which one page is searched more often changes faster than it can be read. */
  private static final int MAX_VISITS = 3;

  private final Fetch<T> fetch;
  private final PageSizes sizes;
  private final Map<String, Integer> visits = new HashMap<>();
  private @Nullable Page<T> candidate;

  OverlappingPages(Fetch<T> fetch, PageSizes sizes) {
    this.fetch = fetch;
    this.sizes = sizes;
  }

  /** Fetches pages. */
  @FunctionalInterface
  interface Fetch<T> {

    /**
     * Fetches a page.
     *
     * @param before the page that links to it, or null for the first request
     */
    Page<T> page(@Nullable Page<T> before, String path, RequestBudget budget)
        throws InterruptedException;
  }

  /** Separates the items of a page that are done from the others. */
  @FunctionalInterface
  interface Done<T> {

    /**
     * Returns the number of the page's items that are done; 0 if some in front of it may not be.
     */
    int of(Page<T> page);
  }

  /**
   * A place in a list.
   *
   * @param page the page
   * @param index the first item that is not done; the number of items if the page has none
   */
  record Place<T>(Page<T> page, int index) {}

  /** Finds the place again, starting at its former page. */
  Place<T> find(String path, Done<T> done, RequestBudget budget) throws InterruptedException {
    return search(null, path, done, budget);
  }

  /**
   * Continues behind a page whose items are all done.
   *
   * @return the place, or null if the page is the last one
   */
  @Nullable Place<T> after(Page<T> page, Done<T> done, RequestBudget budget)
      throws InterruptedException {
    String next = page.next();
    if (next == null) {
      return null;
    }
    // Deletions do not move pages by cursor.
    return Page.number(next) == null
        ? new Place<>(fetch.page(page, next, budget), 0)
        : search(page, Page.overlapping(next, sizes), done, budget);
  }

  private Place<T> search(@Nullable Page<T> before, String path, Done<T> done, RequestBudget budget)
      throws InterruptedException {
    // A limit may end the search midway. It continues there, or a long one would never end.
    Page<T> page = candidate != null ? candidate : fetch.page(before, path, budget);
    while (true) {
      candidate = page;
      int index = done.of(page);
      String to = index == 0 ? previous(page) : index < page.items().size() ? null : next(page);
      if (to == null) {
        reset();
        return new Place<>(page, index);
      }
      if (visits.merge(to, 1, Integer::sum) > MAX_VISITS) {
        reset();
        throw new TransientFailureException(
            "GitHub's list "
                + to
                + " changes while it is read. Stored items stay. It is read again.",
            null);
      }
      page = fetch.page(index == 0 ? null : page, to, budget);
    }
  }

  private static @Nullable String previous(Page<?> page) {
    String named = page.previous();
    return named == null ? Page.preceding(page.path()) : named;
  }

  private @Nullable String next(Page<?> page) {
    String next = page.next();
    return next == null ? null : Page.overlapping(next, sizes);
  }

  private void reset() {
    candidate = null;
    visits.clear();
  }
}
