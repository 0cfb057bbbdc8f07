package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.InvalidItemException;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.QueriedPullRequests;
import dev.backfill.github.internal.pull.Completion;
import dev.backfill.github.internal.pull.OpenRepository;
import dev.backfill.github.internal.pull.PullRequestCompletion;
import dev.backfill.github.internal.pull.QueryUse;
import dev.backfill.github.internal.pull.Streams;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The reviews of a pull request beyond its first page; by REST when queries fail. */
final class MoreReviews implements Completion<PullRequest> {

  private static final int PAGE = 100;

  /** A hundred thousand reviews: more is no pull request but a list that does not end. */
  private static final int MAX_PAGES = 1000;

  private final OpenRepository repository;
  private final PullRequest item;
  private final Map<Long, Review> reviews = new LinkedHashMap<>();
  private final long counted;
  private @Nullable String after;
  private int pages;
  private long bytes;
  private @Nullable PullRequestCompletion byRest;

  /**
   * Begins.
   *
   * @param after the cursor of the last review of the item; empty when queries name no more
   * @param counted how many reviews GitHub counted with the item, or -1
   */
  MoreReviews(
      OpenRepository repository, PullRequest item, String after, long counted, Set<String> extras) {
    this.counted = counted;
    this.repository = repository;
    this.item = item;
    add(item.reviews() == null ? List.of() : item.reviews());
    this.after = after;
    if (after.isEmpty() || !extras.contains(Streams.REVIEWS)) {
      byRest = PullRequestCompletion.of(item, repository, Set.of(Streams.REVIEWS));
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
    PullRequestCompletion rest = byRest;
    return rest == null ? null : rest.refusal();
  }

  @Override
  public synchronized long bytes() {
    PullRequestCompletion rest = byRest;
    return bytes + (rest == null ? 0 : rest.bytes());
  }

  @Override
  public synchronized ParsedItem<PullRequest> complete(Budget budget) throws InterruptedException {
    while (byRest == null && after != null) {
      if (repository.queries().isOver() || !readPage(budget) || ++pages >= MAX_PAGES) {
        byRest = PullRequestCompletion.of(item, repository, Set.of(Streams.REVIEWS));
      }
    }
    return byRest != null
        ? byRest.complete(budget)
        : ParsedItem.of(
            item.identity().githubId(),
            new PullRequest(
                item.repository(),
                item.identity(),
                item.content(),
                item.lifecycle(),
                item.branches(),
                item.details(),
                List.copyOf(reviews.values())));
  }

  private boolean readPage(Budget budget) throws InterruptedException {
    int number = item.identity().number();
    RepositoryQuery.Said said;
    try {
      said =
          new RepositoryQuery(repository)
              .ask(
                  Queries.REVIEWS,
                  Map.of("number", number, "first", PAGE, "after", String.valueOf(after)),
                  budget);
    } catch (PermanentFailureException e) {
      if (!QueryUse.isAboutQueries(e)) {
        throw e;
      }
      return false;
    }
    bytes += said.bytes();
    JsonNode connection = said.repository().path("pullRequest").path("reviews");
    JsonNode next = connection.path("pageInfo").path("hasNextPage");
    boolean whole = said.errors().isEmpty() && connection.path("nodes").isArray();
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
    // Another number than before, or than there are: the list has changed while it was read.
    long count = connection.path("totalCount").asLong(-1);
    boolean same = counted < 0 || count < 0 || count == counted;
    return same && (more || count < 0 || count == reviews.size());
  }
}
