package dev.backfill.github.internal.read;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import org.jspecify.annotations.Nullable;

/**
 * What an item of a page still needs. Keeps what it has got so far: after a failure it goes on from
 * there.
 */
public interface ItemEnrichment<T> {

  /**
   * Whether no request is needed.
   *
   * @return true when {@link #complete} does not block
   */
  boolean isComplete();

  /**
   * Sends what requests are missing.
   *
   * @return the item with all that was asked for, or what is wrong with it
   * @throws BackfillException when a request fails; called again, it goes on
   */
  ParsedItem<T> complete(RequestBudget budget) throws InterruptedException;

  /** Bytes of the texts of the answers that it has read; what was thrown away may not count. */
  long bytes();

  /** What its next request is counted by. */
  default ApiResource resource() {
    return ApiResource.CORE;
  }

  /**
   * Why GitHub refuses the item, as if there were none, or as if it were not to be read.
   *
   * @return the refusal, or null without one
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
