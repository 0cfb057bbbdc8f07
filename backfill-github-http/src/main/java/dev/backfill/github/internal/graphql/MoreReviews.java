package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.QueriedPullRequests;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.QueryUse;
import dev.backfill.github.internal.rest.PullRequestEnrichment;
import dev.backfill.github.internal.rest.PullRequestList;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reviews of a pull request beyond its first page; read by REST if queries fail. */
final class MoreReviews implements ItemEnrichment<PullRequest> {

  private static final int PAGE = 100;

  /** A hundred thousand reviews: beyond that, the list does not end. */
  private static final int MAX_PAGES = 1000;

  private final OpenRepository repository;
  private final PullRequest item;
  private final Map<Long, Review> reviews = new LinkedHashMap<>();
  private final long counted;
  private @Nullable String after;
  private int pages;
  private long bytes;
  private @Nullable PullRequestEnrichment byRest;

  /**
   * Creates the enrichment.
   *
   * @param after the cursor of the last review of the item; empty if queries return no more
   * @param counted GitHub's count of reviews in the item's query, or -1
   */
  MoreReviews(
      OpenRepository repository, PullRequest item, String after, long counted, Set<String> extras) {
    this.counted = counted;
    this.repository = repository;
    this.item = item;
    add(item.reviews() == null ? List.of() : item.reviews());
    this.after = after;
    if (after.isEmpty() || !extras.contains(PullRequestList.REVIEWS)) {
      byRest = PullRequestEnrichment.of(item, repository, Set.of(PullRequestList.REVIEWS));
    }
  }

  private void add(List<Review> more) {
    more.forEach(review -> reviews.put(review.githubId(), review));
  }

  @Override
  public boolean isComplete() {
    return false;
  }

  @Override
  public synchronized ApiResource resource() {
    return byRest == null ? ApiResource.GRAPHQL : ApiResource.CORE;
  }

  @Override
  public synchronized @Nullable PermanentFailureException refusal() {
    PullRequestEnrichment rest = byRest;
    return rest == null ? null : rest.refusal();
  }

  @Override
  public synchronized long bytes() {
    PullRequestEnrichment rest = byRest;
    return bytes + (rest == null ? 0 : rest.bytes());
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(RequestBudget budget)
      throws InterruptedException {
    while (byRest == null && after != null) {
      if (repository.queries().isOver() || !readPage(budget) || ++pages >= MAX_PAGES) {
        byRest = PullRequestEnrichment.of(item, repository, Set.of(PullRequestList.REVIEWS));
      }
    }
    return byRest != null
        ? byRest.complete(budget)
        : ParsedItem.of(
            item.githubId(), item.toBuilder().reviews(List.copyOf(reviews.values())).build());
  }

  private boolean readPage(RequestBudget budget) throws InterruptedException {
    int number = item.number();
    RepositoryQuery.Result stated;
    try {
      stated =
          new RepositoryQuery(repository)
              .run(
                  Queries.REVIEWS,
                  Map.of("number", number, "first", PAGE, "after", String.valueOf(after)),
                  budget);
    } catch (PermanentFailureException e) {
      if (!QueryUse.isAboutQueries(e)) {
        throw e;
      }
      return false;
    }
    bytes += stated.bytes();
    JsonNode connection = stated.repository().path("pullRequest").path("reviews");
    JsonNode next = connection.path("pageInfo").path("hasNextPage");
    boolean whole = stated.errors().isEmpty() && connection.path("nodes").isArray();
    if (!whole || !next.isBoolean()) {
      return false;
    }
    try {
      add(QueriedPullRequests.reviews(connection.path("nodes"), number));
    } catch (InvalidItemException e) {
      return false;
    }
    String end = connection.path("pageInfo").path("endCursor").asText("");
    boolean more = next.booleanValue();
    if (more && (end.isEmpty() || end.equals(after))) {
      return false;
    }
    after = more ? end : null;
    // Differs from the count before, or from the number of reviews: the list changed during
    // reading.
    long count = connection.path("totalCount").asLong(-1);
    boolean same = counted < 0 || count < 0 || count == counted;
    return same && (more || count < 0 || count == reviews.size());
  }
}
