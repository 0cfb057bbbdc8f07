package dev.backfill.testkit.github;

import graphql.execution.DataFetcherResult;
import graphql.schema.DataFetchingEnvironment;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The root object of a query. */
record GraphRoot(GraphRun run) implements GraphObject {

  private record RateLimit(Map<String, Object> values) implements GraphObject {

    @Override
    public String typeName() {
      return "RateLimit";
    }

    @Override
    public @Nullable Object field(String name, DataFetchingEnvironment query) {
      return values.get(name);
    }
  }

  @Override
  public String typeName() {
    return "Query";
  }

  @Override
  public @Nullable Object field(String name, DataFetchingEnvironment query) {
    return switch (name) {
      case "viewer" -> new GraphActor(run.viewer());
      case "rateLimit" -> run.rateLimit() == null ? null : new RateLimit(run.rateLimit());
      case "repository" -> repository(query);
      case "node" -> node(query);
      default -> throw unknown(name);
    };
  }

  private Object repository(DataFetchingEnvironment query) {
    String owner = Objects.requireNonNull(query.<String>getArgument("owner"), "owner");
    String name = Objects.requireNonNull(query.<String>getArgument("name"), "name");
    boolean follow = Boolean.TRUE.equals(query.getArgument("followRenames"));
    SimulatedRepository found = run.repositories().named(owner + "/" + name, follow);
    return found == null
        ? missing(query, "Could not resolve to a Repository with the name '%s/%s'.", owner, name)
        : new GraphRepository(run, found);
  }

  private Object node(DataFetchingEnvironment query) {
    String id = Objects.requireNonNull(query.<String>getArgument("id"), "id");
    for (SimulatedRepository repository : run.repositories().all()) {
      if (GraphRepository.nodeId(repository).equals(id)) {
        return new GraphRepository(run, repository);
      }
      int number = repository.numberOf(id);
      if (number > 0) {
        return GraphConnection.node(it -> run.pullRequest(repository, number, it), query);
      }
    }
    return missing(query, "Could not resolve to a node with the global id of '%s'.", id);
  }

  /** Returns null and adds GitHub's error for a missing object. */
  static Object missing(DataFetchingEnvironment query, String message, Object... values) {
    return DataFetcherResult.newResult()
        .error(
            GraphError.of("NOT_FOUND", message.formatted(values))
                .at(query.getExecutionStepInfo().getPath().toList()))
        .build();
  }
}
