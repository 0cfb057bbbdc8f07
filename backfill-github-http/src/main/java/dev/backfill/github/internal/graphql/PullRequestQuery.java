package dev.backfill.github.internal.graphql;

import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.PullRequestList;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A query for pages of pull requests in one order. Thread-safe. */
final class PullRequestQuery {

  /** The order of a connection; a cursor holds for one order only. */
  enum Order {
    OLDEST_FIRST("CREATED_AT", "ASC"),
    LATEST_CHANGE_FIRST("UPDATED_AT", "DESC");

    private final Map<String, String> variable;

    Order(String field, String direction) {
      variable = Map.of("field", field, "direction", direction);
    }
  }

  private final RepositoryQuery repository;
  private final Order order;
  private final Set<String> extras;

  PullRequestQuery(OpenRepository repository, Order order, Set<String> extras) {
    this.repository = new RepositoryQuery(repository);
    this.order = order;
    this.extras = extras;
  }

  /** Returns true if numbers ascend from item to item. */
  boolean isByNumber() {
    return order == Order.OLDEST_FIRST;
  }

  boolean withDetails() {
    return extras.contains(PullRequestList.DETAILS);
  }

  boolean withReviews() {
    return extras.contains(PullRequestList.REVIEWS);
  }

  ConnectionPage page(@Nullable String after, int size, RequestBudget budget)
      throws InterruptedException {
    Map<String, Object> variables = variables(after, size);
    variables.putAll(flags(extras));
    return ConnectionPage.of(repository.run(Queries.PULL_REQUESTS, variables, budget), after);
  }

  /** Returns the points that GitHub charges for a page of this size. */
  static long points(int size, Set<String> extras) {
    Map<String, Object> variables = new HashMap<>(flags(extras));
    variables.put("first", size);
    return QueryCost.points(Queries.PULL_REQUESTS, variables);
  }

  private static Map<String, Boolean> flags(Set<String> extras) {
    return Map.of(
        "details",
        extras.contains(PullRequestList.DETAILS),
        "reviews",
        extras.contains(PullRequestList.REVIEWS));
  }

  /** Requests the min data that identifies one pull request. */
  ConnectionPage number(@Nullable String after, RequestBudget budget) throws InterruptedException {
    return ConnectionPage.of(
        repository.run(Queries.PULL_REQUEST_NUMBERS, variables(after, 1), budget), after);
  }

  private Map<String, Object> variables(@Nullable String after, int size) {
    Map<String, Object> variables = new HashMap<>();
    variables.put("first", size);
    variables.put("order", order.variable);
    if (after != null) {
      variables.put("after", after);
    }
    return variables;
  }
}
