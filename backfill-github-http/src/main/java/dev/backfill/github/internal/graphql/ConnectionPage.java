package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.TransientFailureException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a connection.
 *
 * @param edges what it has, in order
 * @param hasNext whether more follows
 * @param totalCount how many items the connection has, or -1 when GitHub does not say
 * @param overload why it may be better to ask for less, or null
 */
record ConnectionPage(
    List<Edge> edges,
    boolean hasNext,
    long totalCount,
    @Nullable TransientFailureException overload) {

  ConnectionPage {
    edges = List.copyOf(edges);
  }

  /**
   * One place of a connection.
   *
   * @param before GitHub's cursor of the edge before it, or null for the first one
   * @param cursor its own
   * @param node what is there; null or missing when GitHub could not say
   */
  record Edge(@Nullable String before, String cursor, JsonNode node) {}

  static ConnectionPage of(RepositoryQuery.Said said, @Nullable String after) {
    JsonNode connection = said.repository().path("pullRequests");
    List<Edge> edges = new ArrayList<>();
    String before = after;
    int broken = 0;
    for (JsonNode edge : connection.path("edges")) {
      String cursor = edge.path("cursor").asText("");
      if (cursor.isEmpty() || cursor.equals(before)) {
        // What follows it cannot be told from it, and asking for that again would never end.
        break;
      }
      JsonNode node = edge.path("node");
      broken += node.isObject() ? 0 : 1;
      edges.add(new Edge(before, cursor, node));
      before = cursor;
    }
    int listed = connection.path("edges").size();
    JsonNode next = connection.path("pageInfo").path("hasNextPage");
    boolean complete = edges.size() == listed && next.isBoolean();
    // Nothing, and more behind it: asked for again, it would be the same for ever.
    boolean useless = edges.isEmpty() && (!complete || next.booleanValue());
    // Some broken nodes are asked for alone; when most are broken, it is the page that is too big.
    boolean tooMuch = useless || (broken > 1 && broken * 2 > edges.size());
    return new ConnectionPage(
        edges,
        !complete || next.booleanValue(),
        connection.path("totalCount").asLong(-1),
        tooMuch ? overload(said) : null);
  }

  private static TransientFailureException overload(RepositoryQuery.Said said) {
    TransientFailureException told = said.overload();
    return told != null
        ? told
        : new TransientFailureException(
            "GitHub's answer to a query for pull requests has none; what is stored is kept, and"
                + " trying again is safe",
            null);
  }
}
