package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A position in a GraphQL connection: behind an edge. It stays valid as long as the connection's
 * order is the same, whatever is added or deleted. From the last item that is done, REST can
 * continue in its own list.
 *
 * @param after GitHub's cursor of the last edge that is done, or null before the first one
 * @param pageSize the number of items to request at once; from 1 to 100
 * @param growAfter the number of good pages before a larger one is requested; positive
 * @param reached the last item that is done, or null if there is none or it is not known
 */
public record EdgePosition(
    @Nullable String after, int pageSize, int growAfter, @Nullable Reached reached)
    implements Position {

  /** Creates a position without a known item. */
  public EdgePosition(@Nullable String after, int pageSize, int growAfter) {
    this(after, pageSize, growAfter, null);
  }

  /**
   * The last item that is done.
   *
   * @param createdAt its time of creation
   * @param id GitHub's number for it
   * @param byRest true if REST has read it, so that items behind the edge are done up to it
   * @param done the number of items that are done, this one included; 0 if it is not known
   */
  public record Reached(Instant createdAt, long id, boolean byRest, long done) {

    /** Returns true if an item is done, in the order of creation. */
    public boolean includes(Instant created, long itemId) {
      int order = created.compareTo(createdAt);
      return order < 0 || (order == 0 && itemId <= id);
    }

    /** Returns this item with one more done behind it, which has no known place. */
    public Reached passed(boolean rest) {
      return new Reached(createdAt, id, rest, done + 1);
    }
  }
}
