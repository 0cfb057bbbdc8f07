package dev.backfill.github.internal.read;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import org.jspecify.annotations.Nullable;

/**
 * The data that an item of a page still needs. Keeps its results so far: after a failure it
 * continues from there.
 */
public interface ItemEnrichment<T> {

  /**
   * Returns true if no request is needed.
   *
   * @return true if {@link #complete} does not block
   */
  boolean isComplete();

  /**
   * Sends the missing requests.
   *
   * @return the item with all requested data, or its error
   * @throws BackfillException if a request fails; the next call continues
   */
  ParsedItem<T> complete(RequestBudget budget) throws InterruptedException;

  /**
   * Returns the size in bytes of the responses that it has read; discarded ones may be left out.
   */
  long bytes();

  /** Returns the resource whose quota its next request uses. */
  default ApiResource resource() {
    return ApiResource.CORE;
  }

  /**
   * Returns GitHub's refusal of the item: it is missing, or may not be read.
   *
   * @return the refusal, or null if there is none
   */
  default @Nullable PermanentFailureException refusal() {
    return null;
  }

  static <T> ItemEnrichment<T> of(ParsedItem<T> item) {
    return new ItemEnrichment<>() {
      @Override
      public boolean isComplete() {
        return true;
      }

      @Override
      public ParsedItem<T> complete(RequestBudget budget) {
        return item;
      }

      @Override
      public long bytes() {
        return 0;
      }
    };
  }
}
