package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place in a list that is read in the order of update: behind an item. Items of one moment are
 * delivered in the order of their numbers, so everything up to this place is done and nothing
 * behind it.
 *
 * @param at when the last item that is done was updated, or null before the first one
 * @param id its number; {@link #WHOLE_MOMENT} if nothing more of that moment can be read
 * @param done how many items are done; 0 or more
 * @param pageSize how many items to ask for at once; from 1 to 100
 * @param growAfter after how many good pages more are asked for; positive
 */
public record TimePosition(@Nullable Instant at, long id, long done, int pageSize, int growAfter)
    implements Position {

  /** Good pages before a larger one is tried. */
  public static final int MIN_SUCCESSES = 10;

  /** In place of an id: the list is cut within this moment, and continues behind it. */
  public static final long WHOLE_MOMENT = Long.MAX_VALUE;

  /** The beginning of a list. */
  public static TimePosition start() {
    return new TimePosition(null, 0, 0, PagePosition.PAGE_SIZE, MIN_SUCCESSES);
  }

  /** Whether an item is done. */
  public boolean includes(Instant updatedAt, long itemId) {
    if (at == null) {
      return false;
    }
    int order = updatedAt.compareTo(at);
    return order < 0 || (order == 0 && itemId <= id);
  }
}
