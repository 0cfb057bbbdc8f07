package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import graphql.schema.DataFetchingEnvironment;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query that is being answered. */
final class GraphRun {

  private static final Set<String> HARMLESS =
      Set.of("id", "number", "databaseId", "fullDatabaseId", "__typename");

  private final Repositories.View repositories;
  private final Ordering ordering;
  private final Faults faults;
  private final Account viewer;
  private final @Nullable Map<String, Object> rateLimit;
  private volatile boolean timedOut;

  GraphRun(
      Repositories.View repositories,
      Ordering ordering,
      Faults faults,
      Account viewer,
      @Nullable Map<String, Object> rateLimit) {
    this.repositories = repositories;
    this.ordering = ordering;
    this.faults = faults;
    this.viewer = viewer;
    this.rateLimit = rateLimit;
  }

  Repositories.View repositories() {
    return repositories;
  }

  Ordering ordering() {
    return ordering;
  }

  Account viewer() {
    return viewer;
  }

  @Nullable Map<String, Object> rateLimit() {
    return rateLimit;
  }

  /** Returns true if the query takes so long that none of its answer is sent. */
  boolean timedOut() {
    return timedOut;
  }

  /** Returns a pull request for a selection, unless it fails on purpose. */
  GraphObject pullRequest(SimulatedRepository repository, int number, DataFetchingEnvironment query)
      throws GraphConnection.BrokenNodeException {
    if (faults.nodesAreForbidden()) {
      throw new GraphConnection.BrokenNodeException(
          GraphError.of("FORBIDDEN", "Resource not accessible by personal access token"));
    }
    if (faults.isBroken(number)) {
      throw new GraphConnection.BrokenNodeException(
          GraphError.of("", "Something went wrong while executing your query."));
    }
    if (faults.isPoisoned(number)
        && query.getSelectionSet().getImmediateFields().stream()
            .anyMatch(field -> !HARMLESS.contains(field.getName()))) {
      timedOut = true;
    }
    return new GraphPullRequest(repository, repository.detailed(number));
  }

  /** Returns an item that fails if its page exceeds the resource limit. */
  GraphConnection.Item within(int pageSize, GraphConnection.Item item) {
    return faults.nodesExceed(pageSize)
        ? query -> {
          throw new GraphConnection.BrokenNodeException(resourceLimit());
        }
        : item;
  }

  /** Throws if a whole page exceeds the resource limit. */
  void requireWithin(int pageSize) throws GraphConnection.BrokenNodeException {
    if (faults.pageExceeds(pageSize)) {
      throw new GraphConnection.BrokenNodeException(resourceLimit());
    }
  }

  private static GraphError resourceLimit() {
    return GraphError.of("RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.");
  }
}
