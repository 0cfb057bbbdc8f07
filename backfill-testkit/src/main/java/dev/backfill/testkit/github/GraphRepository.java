package dev.backfill.testkit.github;

import dev.backfill.api.history.Repository;
import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetchingEnvironment;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A repository with its pull requests. */
record GraphRepository(GraphRun run, SimulatedRepository simulated) implements GraphObject {

  static String nodeId(SimulatedRepository repository) {
    return "R_" + Long.toString(repository.repository().id(), 36);
  }

  @Override
  public String typeName() {
    return "Repository";
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    Repository repository = simulated.repository();
    return switch (name) {
      case "id" -> nodeId(simulated);
      case "databaseId" -> GraphObject.databaseId(repository.id());
      case "name" -> repository.name();
      case "nameWithOwner" -> repository.fullName();
      case "isPrivate" -> repository.isPrivate();
      case "url" -> repository.htmlUrl();
      case "createdAt" -> repository.createdAt();
      case "updatedAt" -> repository.updatedAt();
      case "pullRequest" -> pullRequest(query);
      case "pullRequests" -> pullRequests(query);
      default -> throw unknown(name);
    };
  }

  private Object pullRequest(DataFetchingEnvironment query) {
    if (!simulated.hasPullRequests()) {
      return off(query);
    }
    int number = Objects.requireNonNull(query.<Integer>getArgument("number"), "number");
    if (!simulated.has(number)) {
      return GraphRoot.missing(
          query, "Could not resolve to a PullRequest with the number of %s.", number);
    }
    return GraphConnection.node(it -> run.pullRequest(simulated, number, it), query);
  }

  private static Object off(DataFetchingEnvironment query) {
    return GraphRoot.missing(query, "Pull requests are disabled for this repository.");
  }

  private Object pullRequests(DataFetchingEnvironment query) {
    if (!simulated.hasPullRequests()) {
      return off(query);
    }
    try {
      Integer first = query.getArgument("first");
      Integer last = query.getArgument("last");
      int size = first != null ? first : last != null ? last : 0;
      run.requireWithin(size);
      return list(query, size).page(query);
    } catch (GraphConnection.BrokenNodeException e) {
      return DataFetcherResult.newResult()
          .error(e.error().at(query.getExecutionStepInfo().getPath().toList()))
          .build();
    }
  }

  private GraphList list(DataFetchingEnvironment query, int size) {
    @Nullable Map<String, String> orderBy = query.getArgument("orderBy");
    String field =
        orderBy == null ? "CREATED_AT" : Objects.requireNonNull(orderBy.get("field"), "field");
    Rows.Order order =
        switch (field) {
          case "UPDATED_AT" -> Rows.Order.UPDATED;
          case "COMMENTS" -> Rows.Order.COMMENTS;
          default -> Rows.Order.CREATED;
        };
    @Nullable List<String> states = query.getArgument("states");
    String state =
        states == null || states.isEmpty()
            ? "all"
            : states.stream().sorted().distinct().collect(Collectors.joining(" "));
    PullRequests rows = simulated.pullRequestRows();
    return new GraphList(
        "PullRequest",
        field,
        run.ordering().sequence(rows, state, order),
        orderBy != null && "DESC".equals(orderBy.get("direction")),
        position -> rows.key(order, position),
        position ->
            run.within(size, it -> run.pullRequest(simulated, rows.number((int) position), it)));
  }
}
