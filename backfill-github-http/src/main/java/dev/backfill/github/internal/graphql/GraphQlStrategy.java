package dev.backfill.github.internal.graphql;

import dev.backfill.api.history.PullRequest;
import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.transport.ApiResource;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reading pull requests by queries.
 *
 * @param endpoint the REST list, for items on which queries fail
 * @param changeable true if REST may read everything after queries have turned out to be of no use
 */
public record GraphQlStrategy(ListEndpoint<PullRequest> endpoint, boolean changeable)
    implements ReadStrategy<PullRequest> {

  private Set<String> extras() {
    return endpoint.extras();
  }

  @Override
  public boolean reads(Position position) {
    return position instanceof EdgePosition;
  }

  @Override
  public ApiResource resource() {
    return ApiResource.GRAPHQL;
  }

  @Override
  public HistoryReader<PullRequest> history(OpenRepository repository, @Nullable Position from) {
    return new QueriedHistory(
        repository,
        endpoint,
        changeable,
        from instanceof EdgePosition edge ? edge : ConnectionHistoryReader.start());
  }

  @Override
  public RecentReader<PullRequest> recent(OpenRepository repository, Since from) {
    return new ConnectionRecentReader(repository, endpoint, changeable, from);
  }

  @Override
  public ReadCost cost(long items) {
    long history = ReadCost.pages(items, PageSizes.DEFAULT.queries());
    // The catch-up checks by REST if anything changed, and then fetches a page by a query.
    long queries = history + 1;
    return new ReadCost(
        1, queries, queries * PullRequestQuery.points(PageSizes.DEFAULT.queries(), extras()));
  }
}
