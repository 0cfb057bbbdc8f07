package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.transport.GraphQlError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A page of a connection.
 *
 * @param edges its edges, in order
 * @param hasNext true if more follows
 * @param totalCount the number of items in the connection, or -1 if unknown
 * @param bytes the size of its text
 * @param asOf GitHub's time of the response; null if there was none
 * @param overload the failure that a smaller page may avoid, or null
 * @param refusal the reason if missing parts may not be read, or null
 */
record ConnectionPage(
    List<Edge> edges,
    boolean hasNext,
    long totalCount,
    long bytes,
    @Nullable Instant asOf,
    @Nullable TransientFailureException overload,
    @Nullable PermanentFailureException refusal) {

  private static final List<String> EDGES = List.of("repository", "pullRequests", "edges");
  private static final int EDGE = EDGES.size();

  ConnectionPage {
    edges = List.copyOf(edges);
  }

  /**
   * One edge of a connection.
   *
   * @param before GitHub's cursor of the edge before it, or null for the first one
   * @param cursor its own cursor
   * @param node its node; null or missing if GitHub returned none
   */
  record Edge(@Nullable String before, String cursor, JsonNode node) {}

  static ConnectionPage of(RepositoryQuery.Result stated, @Nullable String after) {
    JsonNode connection = stated.repository().path("pullRequests");
    JsonNode listed = connection.path("edges");
    Set<Integer> damaged = damaged(stated.errors());
    List<Edge> edges = new ArrayList<>();
    String before = after;
    int broken = 0;
    for (int i = 0; i < listed.size(); i++) {
      JsonNode edge = listed.path(i);
      String cursor = edge.path("cursor").asText("");
      if (cursor.isEmpty() || cursor.equals(before)) {
        // Without a cursor of its own, the edges behind it cannot be located.
        break;
      }
      // A node that lacks a part would be stored as if it were whole.
      JsonNode node = damaged.contains(i) ? MissingNode.getInstance() : edge.path("node");
      broken += node.isObject() ? 0 : 1;
      edges.add(new Edge(before, cursor, node));
      before = cursor;
    }
    JsonNode next = connection.path("pageInfo").path("hasNextPage");
    boolean complete = listed.isArray() && edges.size() == listed.size() && next.isBoolean();
    // Nothing, and more behind it: the same request would return the same for ever.
    boolean useless = edges.isEmpty() && (!complete || next.booleanValue());
    // A few broken nodes are requested alone; if most are broken, the page is too large.
    boolean tooMuch = useless || (broken > 1 && broken * 2 > edges.size());
    PermanentFailureException refusal = stated.refusal();
    if (refusal != null && (useless || (broken > 1 && broken == edges.size()))) {
      // The same for every item: no page size helps.
      throw refusal;
    }
    return new ConnectionPage(
        edges,
        !complete || next.booleanValue(),
        connection.path("totalCount").asLong(-1),
        stated.bytes(),
        stated.at(),
        tooMuch && refusal == null ? overload(stated) : null,
        refusal);
  }

  /** Creates a page for a request without a response. */
  static ConnectionPage missing(TransientFailureException overload) {
    return new ConnectionPage(List.of(), true, -1, 0, null, overload, null);
  }

  /** Returns the average size of an item's text. */
  long bytesPerItem() {
    return edges.isEmpty() ? 0 : bytes / edges.size();
  }

  /** Returns the indexes of the edges that errors refer to. */
  private static Set<Integer> damaged(List<GraphQlError> errors) {
    Set<Integer> damaged = new HashSet<>();
    for (GraphQlError error : errors) {
      List<String> path = error.path();
      if (path.size() > EDGE && path.subList(0, EDGE).equals(EDGES)) {
        String index = path.get(EDGE);
        if (index.matches("[0-9]{1,4}")) {
          damaged.add(Integer.valueOf(index));
        }
      }
    }
    return damaged;
  }

  private static TransientFailureException overload(RepositoryQuery.Result stated) {
    TransientFailureException reported = stated.overload();
    return reported != null
        ? reported
        : new TransientFailureException(
            "GitHub's response to a query for pull requests has none. Stored items stay. Trying"
                + " again is safe.",
            null);
  }
}
