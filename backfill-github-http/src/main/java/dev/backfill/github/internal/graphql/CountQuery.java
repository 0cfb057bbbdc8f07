package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.GraphQlResponse;
import dev.backfill.github.internal.repository.QueryUse;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A query for the number of pull requests; its response also contains the quota for queries. */
public final class CountQuery {

  private final GitHubApi api;

  public CountQuery(GitHubApi api) {
    this.api = api;
  }

  /**
   * The response.
   *
   * @param fullName the repository's present name
   * @param pullRequests the number of pull requests, open and closed
   */
  public record Counted(String fullName, long pullRequests) {}

  /**
   * Sends the query.
   *
   * @return the response, or null if there is none: REST has one, or a clearer reason
   * @throws BackfillException if GitHub answers nothing at all now
   */
  public @Nullable Counted count(String owner, String name, RequestBudget budget)
      throws InterruptedException {
    GraphQlResponse response;
    try {
      response =
          api.query(Queries.PULL_REQUEST_COUNT, Map.of("owner", owner, "name", name), budget);
    } catch (PermanentFailureException e) {
      if (!QueryUse.isAboutQueries(e)) {
        throw e;
      }
      return null;
    }
    JsonNode repository = response.data().path("repository");
    JsonNode count = repository.path("pullRequests").path("totalCount");
    String fullName = repository.path("nameWithOwner").asText("");
    return count.canConvertToLong() && !fullName.isEmpty()
        ? new Counted(fullName, count.longValue())
        : null;
  }
}
