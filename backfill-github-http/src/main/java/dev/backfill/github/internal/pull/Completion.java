package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;

/**
 * What an item of a page still needs. Keeps what it has got so far: after a failure it goes on from
 * there.
 */
public interface Completion<T> {

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
  ParsedItem<T> complete(Budget budget) throws InterruptedException;

  /** Bytes of the texts of the answers that it has read; what was thrown away may not count. */
  long bytes();

  /** What its next request is counted by. */
  default ApiResource resource() {
    return ApiResource.CORE;
  }

  /** Whether GitHub said that there is no such item. */
  default boolean isMissing() {
    return false;
  }

  static <T> Completion<T> of(ParsedItem<T> item) {
    return new Completion<>() {
      @Override
      public boolean isComplete() {
        return true;
      }

      @Override
      public ParsedItem<T> complete(Budget budget) {
        return item;
      }

      @Override
      public long bytes() {
        return 0;
      }
    };
  }
}
