package dev.backfill.github.internal.graphql;

import dev.backfill.api.history.PullRequest;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.pull.EdgePosition;
import dev.backfill.github.internal.pull.HistoryWalker;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.PageSizes;
import dev.backfill.github.internal.pull.Position;
import dev.backfill.github.internal.pull.ReadingCost;
import dev.backfill.github.internal.pull.RecentWalker;
import dev.backfill.github.internal.pull.Route;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads pull requests by queries.
 *
 * @param listing the same by REST, for what queries cannot bring
 * @param changeable whether REST may read everything once queries are of no use
 */
public record GraphQlRoute(Listing<PullRequest> listing, boolean changeable)
    implements Route<PullRequest> {

  private Set<String> extras() {
    return listing.extras();
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
  public HistoryWalker<PullRequest> history(OpenRepository repository, @Nullable Position from) {
    return new QueriedHistory(
        repository,
        listing,
        changeable,
        from instanceof EdgePosition edge ? edge : ConnectionWalker.start());
  }

  @Override
  public RecentWalker<PullRequest> recent(OpenRepository repository, Since from) {
    return new RecentConnection(repository, listing, changeable, from);
  }

  @Override
  public ReadingCost cost(long items) {
    long history = ReadingCost.pages(items, PageSizes.DEFAULT.queries());
    // The catch-up asks REST whether anything changed, and then for a page by a query.
    long queries = history + 1;
    return new ReadingCost(
        1, queries, queries * PullRequestQuery.points(PageSizes.DEFAULT.queries(), extras()));
  }
}
