package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A position in a list that is read in the order of update: behind an item. Items of one moment are
 * delivered in the order of their numbers. So everything up to this position is done, and nothing
 * behind it.
 *
 * @param at the time of update of the last item that is done, or null before the first one
 * @param id its number; {@link #WHOLE_MOMENT} if nothing more of that moment can be read
 * @param done the number of items that are done; 0 or more
 * @param pageSize the number of items to request at once; from 1 to 100
 * @param growAfter the number of good pages before a larger one is requested; positive
 */
public record TimePosition(@Nullable Instant at, long id, long done, int pageSize, int growAfter)
    implements Position {

  /** The number of good pages before a larger one is requested. */
  public static final int MIN_SUCCESSES = 10;

  /** In place of an id: the list is cut within this moment, and continues behind it. */
  public static final long WHOLE_MOMENT = Long.MAX_VALUE;

  /** Returns the beginning of a list. */
  public static TimePosition start() {
    return new TimePosition(null, 0, 0, PagePosition.PAGE_SIZE, MIN_SUCCESSES);
  }

  /** Returns true if an item is done. */
  public boolean includes(Instant updatedAt, long itemId) {
    if (at == null) {
      return false;
    }
    int order = updatedAt.compareTo(at);
    return order < 0 || (order == 0 && itemId <= id);
  }
}
