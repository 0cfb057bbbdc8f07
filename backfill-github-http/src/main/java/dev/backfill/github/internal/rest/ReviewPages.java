package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.Review;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads all reviews of one pull request. A list of several pages is read until the pages before the
 * last one are unchanged at the end. Then no deletion has moved a review to an earlier page. After
 * a failure it continues where it was.
 */
final class ReviewPages {

  /** A hundred thousand reviews: beyond that, the list does not end. */
  private static final int MAX_PAGES = 1000;

  private static final int MAX_PASSES = 5;

  private final PageFetcher<Review> fetcher;
  private final String first;
  private final List<Page<Review>> pages = new ArrayList<>();
  private @Nullable String next;
  private int confirmed;
  private int passes;
  private long bytes;

  ReviewPages(PageFetcher<Review> fetcher, String first) {
    this.fetcher = fetcher;
    this.first = first;
    this.next = first;
  }

  /**
   * Reads the missing reviews.
   *
   * @param expectsItems true if an empty list would be unexpected
   * @return all reviews, or null if the list does not end
   * @throws TransientFailureException if the list changes again and again; the next call reads it
   *     again
   */
  @Nullable List<ParsedItem<Review>> read(boolean expectsItems, RequestBudget budget)
      throws InterruptedException {
    while (true) {
      if (!readToEnd(expectsItems, budget)) {
        return null;
      }
      if (isConfirmed(budget)) {
        return pages.stream().flatMap(page -> page.items().stream()).toList();
      }
      restart();
      if (++passes >= MAX_PASSES) {
        passes = 0;
        throw new TransientFailureException(
            "GitHub's list "
                + first
                + " changes while it is read. Stored items stay. It is read again.",
            null);
      }
    }
  }

  private boolean readToEnd(boolean expectsItems, RequestBudget budget)
      throws InterruptedException {
    while (next != null) {
      if (pages.size() >= MAX_PAGES) {
        return false;
      }
      Page<Review> page =
          pages.isEmpty()
              ? fetcher.fetchFirst(next, expectsItems, budget)
              : fetcher.fetchAfter(pages.get(pages.size() - 1), next, budget);
      bytes += page.bytes();
      pages.add(page);
      next = page.next();
    }
    return true;
  }

  private boolean isConfirmed(RequestBudget budget) throws InterruptedException {
    while (confirmed < pages.size() - 1) {
      Page<Review> known = pages.get(confirmed);
      PageFetcher.Versioned<Review> now =
          fetcher.fetchIfChanged(known.path(), known.etag(), budget);
      if (now != null && !ids(now.page()).equals(ids(known))) {
        return false;
      }
      if (now != null) {
        bytes += now.page().bytes();
        pages.set(confirmed, now.page());
      }
      confirmed++;
    }
    return true;
  }

  private static List<@Nullable Long> ids(Page<Review> page) {
    List<@Nullable Long> ids = new ArrayList<>();
    page.items().forEach(item -> ids.add(item.id()));
    return ids;
  }

  private void restart() {
    pages.clear();
    confirmed = 0;
    next = first;
  }

  /** Returns the size in bytes of the responses' texts. */
  long bytes() {
    return bytes;
  }
}
