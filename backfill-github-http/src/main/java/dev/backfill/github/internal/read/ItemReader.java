package dev.backfill.github.internal.read;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Goes through items one by one, from page to page. Belongs to one session. */
public interface ItemReader<T> {

  /**
   * Takes the next item.
   *
   * @return the item, or null at the end
   * @throws BackfillException when a request fails; called again, it goes on
   */
  @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException;

  /** The place behind the last item that was taken. */
  Position position();

  /** Whether nothing is left. */
  boolean isAtEnd();

  /** How many items can be taken without a request. */
  int buffered();

  /** How many items there are in all, as far as it is known. */
  Total total();

  /** Makes sure that a page is there, so that GitHub has said how much may be asked. */
  void warmUp(RequestBudget budget) throws InterruptedException;

  /** Keeps a failure for the next time a page is needed. */
  void defer(BackfillException failure);

  /** Begins to fetch the next page in the background if quota allows. */
  void prefetch(Reserve reserve);

  /** How it reads at the moment, in words for people; empty when there is nothing to say. */
  default String readMode() {
    return "";
  }

  /**
   * The moment of which GitHub lists only a part, so that items are missing; null if there is none.
   */
  default @Nullable Instant cutAt() {
    return null;
  }

  /** Ends what is being fetched. */
  void close();
}
