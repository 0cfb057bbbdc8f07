package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * An ordered list that queries read in pages.
 *
 * @param type the name of its items' type
 * @param order the name of its ordering, without the direction
 * @param sequence the items in rising order
 * @param descending true if the last item comes first
 * @param key returns the sort key of the item at a position
 * @param item returns the item at a position
 */
record GraphList(
    String type,
    String order,
    Sequence sequence,
    boolean descending,
    LongUnaryOperator key,
    LongFunction<GraphConnection.Item> item) {

  /** Returns the page that a field's arguments ask for. */
  GraphConnection page(DataFetchingEnvironment query) throws GraphConnection.BrokenNodeException {
    String ordering = order + (descending ? "_DESC" : "_ASC");
    long size = sequence.size();
    @Nullable GraphCursor after = GraphCursor.argument(query, "after", ordering);
    @Nullable GraphCursor before = GraphCursor.argument(query, "before", ordering);
    long from = after == null ? 0 : past(after);
    long to = before == null ? size : Math.max(from, upTo(before));
    @Nullable Integer first = query.getArgument("first");
    @Nullable Integer last = query.getArgument("last");
    if (first != null) {
      to = Math.min(to, from + first);
    } else if (last != null) {
      from = Math.max(from, to - last);
    } else {
      to = from;
    }
    List<GraphConnection.Edge> edges = new ArrayList<>();
    for (long at = from; at < to; at++) {
      long position = sequence.position(descending ? size - 1 - at : at);
      String cursor = new GraphCursor(ordering, key.applyAsLong(position), position).text();
      edges.add(new GraphConnection.Edge(type + "Edge", cursor, item.apply(position)));
    }
    return new GraphConnection(type + "Connection", size, List.copyOf(edges), to < size, from > 0);
  }

  private long past(GraphCursor cursor) {
    return descending
        ? sequence.size() - sequence.before(cursor.key(), cursor.position())
        : sequence.before(cursor.key(), cursor.position() + 1);
  }

  private long upTo(GraphCursor cursor) {
    return descending
        ? sequence.size() - sequence.before(cursor.key(), cursor.position() + 1)
        : sequence.before(cursor.key(), cursor.position());
  }
}
