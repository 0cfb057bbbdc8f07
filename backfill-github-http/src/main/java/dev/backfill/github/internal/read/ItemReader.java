package dev.backfill.github.internal.read;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A reader of items one by one, from page to page. Used by one session. */
public interface ItemReader<T> {

  /**
   * Reads the next item.
   *
   * @return the item, or null at the end
   * @throws BackfillException if a request fails; the next call continues
   */
  @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException;

  /** Returns the position behind the last item that was read. */
  Position position();

  /** Returns true if nothing is left. */
  boolean isAtEnd();

  /** Returns the number of items that can be read without a request. */
  int buffered();

  /** Returns the total number of items, as far as it is known. */
  Total total();

  /** Fetches a page if there is none, so that GitHub's quota is known. */
  void warmUp(RequestBudget budget) throws InterruptedException;

  /** Keeps a failure, which is thrown when the next page is needed. */
  void defer(BackfillException failure);

  /** Begins to fetch the next page in the background if quota allows. */
  void prefetch(Reserve reserve);

  /** Describes the present way of reading for users; empty if it is the usual one. */
  default String readMode() {
    return "";
  }

  /**
   * Returns the moment of which GitHub lists only a part, so that items are missing; null if there
   * is none.
   */
  default @Nullable Instant cutAt() {
    return null;
  }

  /** Cancels fetches under way. */
  void close();
}
