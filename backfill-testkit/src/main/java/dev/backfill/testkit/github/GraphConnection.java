package dev.backfill.testkit.github;

import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetchingEnvironment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param typeName such as PullRequestConnection
 * @param totalCount the number of items of all pages
 * @param edges the items of this page
 * @param hasNextPage true if items follow
 * @param hasPreviousPage true if items come before
 */
record GraphConnection(
    String typeName,
    long totalCount,
    List<Edge> edges,
    boolean hasNextPage,
    boolean hasPreviousPage)
    implements GraphObject {

  /** A supplier of an item, which may fail on purpose. */
  interface Item {

    /** Returns the item for a selection. */
    GraphObject get(DataFetchingEnvironment query) throws BrokenNodeException;
  }

  /** A sign that null is sent instead of an item. */
  static final class BrokenNodeException extends Exception {

    private final transient GraphError error;

    BrokenNodeException(GraphError error) {
      super(error.message(), null, false, false);
      this.error = error;
    }

    GraphError error() {
      return error;
    }
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    return switch (name) {
      case "totalCount" -> (int) totalCount;
      case "edges" -> edges;
      case "nodes" -> nodes(query);
      case "pageInfo" -> new PageInfo(this);
      default -> throw unknown(name);
    };
  }

  /** Returns an item; null with an error if it is broken. */
  static Object node(Item item, DataFetchingEnvironment query) {
    try {
      return item.get(query);
    } catch (BrokenNodeException e) {
      return DataFetcherResult.newResult()
          .error(e.error().at(query.getExecutionStepInfo().getPath().toList()))
          .build();
    }
  }

  private Object nodes(DataFetchingEnvironment query) {
    List<@Nullable GraphObject> nodes = new ArrayList<>();
    DataFetcherResult.Builder<Object> result = DataFetcherResult.newResult();
    for (Edge edge : edges) {
      try {
        nodes.add(edge.item().get(query));
      } catch (BrokenNodeException e) {
        List<Object> list = query.getExecutionStepInfo().getPath().toList();
        result.error(e.error().at(list, nodes.size()));
        nodes.add(null);
      }
    }
    return result.data(nodes).build();
  }

  /** An item with its place in the list. */
  record Edge(String typeName, String cursor, Item item) implements GraphObject {

    @Override
    public Object field(String name, DataFetchingEnvironment query) {
      return switch (name) {
        case "cursor" -> cursor;
        case "node" -> node(item, query);
        default -> throw unknown(name);
      };
    }
  }

  private record PageInfo(GraphConnection page) implements GraphObject {

    @Override
    public String typeName() {
      return "PageInfo";
    }

    @Override
    public @Nullable Object field(String name, DataFetchingEnvironment query) {
      List<Edge> edges = page.edges();
      return switch (name) {
        case "hasNextPage" -> page.hasNextPage();
        case "hasPreviousPage" -> page.hasPreviousPage();
        case "startCursor" -> edges.isEmpty() ? null : edges.get(0).cursor();
        case "endCursor" -> edges.isEmpty() ? null : edges.get(edges.size() - 1).cursor();
        default -> throw unknown(name);
      };
    }
  }
}
