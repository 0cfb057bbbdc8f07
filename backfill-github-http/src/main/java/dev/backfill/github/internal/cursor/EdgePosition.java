package dev.backfill.github.internal.cursor;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A place in a GraphQL connection: behind an edge. It holds as long as the order of the connection
 * is the same, whatever is added or deleted. By the last item that is done the list of the REST API
 * can be read on from here.
 *
 * @param after GitHub's cursor of the last edge that is done, or null before the first one
 * @param pageSize how many items to ask for at once; from 1 to 100
 * @param growAfter after how many good pages more are asked for; positive
 * @param reached the last item that is done, or null when there is none or it is not known
 */
public record EdgePosition(
    @Nullable String after, int pageSize, int growAfter, @Nullable Reached reached)
    implements Position {

  /** A place of which no item is known. */
  public EdgePosition(@Nullable String after, int pageSize, int growAfter) {
    this(after, pageSize, growAfter, null);
  }

  /**
   * The last item that is done.
   *
   * @param createdAt when it was created
   * @param id GitHub's number for it
   * @param byRest whether it was read by REST, so that items behind the edge are done up to it
   */
  public record Reached(Instant createdAt, long id, boolean byRest) {

    /** Whether an item is done, in the order of creation. */
    public boolean includes(Instant created, long itemId) {
      int order = created.compareTo(createdAt);
      return order < 0 || (order == 0 && itemId <= id);
    }

    public Reached read(boolean rest) {
      return new Reached(createdAt, id, rest);
    }
  }
}
