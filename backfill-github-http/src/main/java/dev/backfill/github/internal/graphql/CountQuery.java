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

/** Asks how many pull requests a repository has, which tells the quota for queries, too. */
public final class CountQuery {

  private final GitHubApi api;

  public CountQuery(GitHubApi api) {
    this.api = api;
  }

  /**
   * What GitHub says.
   *
   * @param fullName the repository's present name
   * @param pullRequests how many there are, open and closed
   */
  public record Counted(String fullName, long pullRequests) {}

  /**
   * Asks.
   *
   * @return the answer, or null when there is none: REST has one, or tells better why not
   * @throws BackfillException when GitHub answers nothing at all now
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
