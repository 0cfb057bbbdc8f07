package dev.backfill.testkit.github;

import graphql.analysis.QueryTraverser;
import graphql.analysis.QueryVisitorFieldEnvironment;
import graphql.analysis.QueryVisitorStub;
import graphql.language.Document;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The price of a query by GitHub's published formula: the number of requests that fill its
 * connections if each page is full, divided by 100, rounded, at least 1.
 *
 * @param points the points that are charged
 * @param nodes the max number of nodes
 * @param maxPage the largest page of pull requests in it; 0 without one
 * @param errors the errors of its page sizes
 */
record QueryPrice(int points, long nodes, int maxPage, List<GraphError> errors) {

  private static final long MAX_NODES = 500_000;
  private static final int MAX_PAGE = 100;

  static QueryPrice of(
      GraphQLSchema schema,
      Document document,
      @Nullable String operation,
      Map<String, @Nullable Object> variables) {
    Visitor visitor = new Visitor();
    QueryTraverser.newQueryTraverser()
        .schema(schema)
        .document(document)
        .operationName(operation)
        .variables(variables)
        .build()
        .visitPreOrder(visitor);
    if (visitor.nodes > MAX_NODES) {
      visitor.errors.add(
          GraphError.of(
              "MAX_NODE_LIMIT_EXCEEDED",
              String.format(
                  Locale.ROOT,
                  "This query requests up to %,d possible nodes which exceeds the maximum limit of"
                      + " %,d.",
                  visitor.nodes,
                  MAX_NODES)));
    }
    int points = (int) Math.max(1, Math.round(visitor.requests / 100.0));
    return new QueryPrice(points, visitor.nodes, visitor.maxPage, List.copyOf(visitor.errors));
  }

  private static final class Visitor extends QueryVisitorStub {

    private final List<GraphError> errors = new ArrayList<>();
    private long requests;
    private long nodes;
    private int maxPage;

    @Override
    public void visitField(QueryVisitorFieldEnvironment field) {
      if (!isConnection(field)) {
        requireBounds(field);
        return;
      }
      long parents = 1;
      for (QueryVisitorFieldEnvironment above = field.getParentEnvironment();
          above != null;
          above = above.getParentEnvironment()) {
        parents *= isConnection(above) ? Math.max(1, size(above)) : 1;
      }
      int size = size(field);
      requests += parents;
      nodes += parents * Math.max(0, size);
      requireFewEnough(field, size);
      if (field.getField().getName().equals("pullRequests")) {
        maxPage = Math.max(maxPage, size);
      }
    }

    /** Requires no page size for a connection that is only counted. */
    private void requireBounds(QueryVisitorFieldEnvironment field) {
      QueryVisitorFieldEnvironment above = field.getParentEnvironment();
      String name = field.getField().getName();
      if (above != null
          && isConnection(above)
          && !name.equals("totalCount")
          && !name.startsWith("__")
          && size(above) < 0) {
        String connection = above.getField().getName();
        GraphError error =
            GraphError.of(
                "MISSING_PAGINATION_BOUNDARIES",
                "You must provide a `first` or `last` value to properly paginate the `"
                    + connection
                    + "` connection.");
        if (!errors.contains(error)) {
          errors.add(error);
        }
      }
    }

    private void requireFewEnough(QueryVisitorFieldEnvironment field, int size) {
      boolean given = field.getArguments().get("first") != null;
      String bound = given ? "first" : "last";
      String connection = field.getField().getName();
      if (size > MAX_PAGE) {
        errors.add(
            GraphError.of(
                "EXCESSIVE_PAGINATION",
                String.format(
                    Locale.ROOT,
                    "Requesting %d records on the `%s` connection exceeds the `%s` limit of %d"
                        + " records.",
                    size,
                    connection,
                    bound,
                    MAX_PAGE)));
      } else if (size < 1 && (given || field.getArguments().get("last") != null)) {
        errors.add(
            GraphError.of(
                "ARGUMENT_LIMIT",
                "`%s` on the `%s` connection cannot be less than one."
                    .formatted(bound, connection)));
      }
    }

    private static boolean isConnection(QueryVisitorFieldEnvironment field) {
      return GraphQLTypeUtil.unwrapAll(field.getFieldDefinition().getType())
          .getName()
          .endsWith("Connection");
    }

    /** Returns the size of a connection's pages; -1 if it is absent. */
    private static int size(QueryVisitorFieldEnvironment field) {
      Object first = field.getArguments().get("first");
      Object last = field.getArguments().get("last");
      return first instanceof Number number
          ? number.intValue()
          : last instanceof Number other ? other.intValue() : -1;
    }
  }
}
