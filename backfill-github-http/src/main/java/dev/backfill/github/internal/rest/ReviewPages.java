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
 * last one are still the same at the end: then no deletion has moved a review to a page that had
 * been read before. After a failure it goes on where it was.
 */
final class ReviewPages {

  /** A hundred thousand reviews: more is no pull request but a list that does not end. */
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
   * Reads what is missing.
   *
   * @param expectsItems whether an empty list would be a surprise
   * @return all reviews, or null when the list does not end
   * @throws TransientFailureException when the list changes again and again; called again, the list
   *     is read again
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
                + " changes while it is read. What is stored is kept. It is read again.",
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

  /** Bytes of the texts of the answers. */
  long bytes() {
    return bytes;
  }
}
