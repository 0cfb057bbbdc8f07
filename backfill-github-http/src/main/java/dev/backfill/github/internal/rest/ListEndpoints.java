package dev.backfill.github.internal.rest;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.github.internal.json.IssueCommentMapper;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.json.ReviewCommentMapper;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.OpenRepository;
import java.util.Set;
import java.util.TreeSet;

/**
 * The supported lists. The history is read oldest first: new items are added at the end, and
 * nothing moves from one page to another.
 */
public final class ListEndpoints {

  /** An extra: the fields that only a single pull request contains. */
  public static final String DETAILS = "details";

  /** An extra: the reviews. */
  public static final String REVIEWS = "reviews";

  private ListEndpoints() {}

  public static ListEndpoint<PullRequest> pullRequests(Set<String> extras) {
    return new ListEndpoint<>(
        "/pulls",
        "state=all&",
        false,
        PullRequestMapper.ofLists(),
        item -> new Timestamps(item.createdAt(), item.updatedAt(), item.number()),
        new PullRequestEnrichmentFactory(extras),
        extras);
  }

  private record PullRequestEnrichmentFactory(Set<String> extras)
      implements ListEndpoint.EnrichmentFactory<PullRequest> {

    @Override
    public ItemEnrichment<PullRequest> begin(
        ParsedItem<PullRequest> item, OpenRepository repository) {
      return item.item() == null || extras.isEmpty()
          ? ItemEnrichment.of(item)
          : PullRequestEnrichment.of(item.item(), repository, extras);
    }

    @Override
    public ItemEnrichment<PullRequest> ofKey(
        long number, OpenRepository repository, Set<String> more) {
      Set<String> all = new TreeSet<>(extras);
      all.addAll(more);
      return PullRequestEnrichment.of((int) Math.min(number, Integer.MAX_VALUE), repository, all);
    }

    @Override
    public int requestsPerItem() {
      return extras.size();
    }
  }

  public static ListEndpoint<ReviewComment> reviewComments() {
    String path = "/pulls/comments";
    ReviewCommentMapper mapper = new ReviewCommentMapper();
    return new ListEndpoint<>(
        path,
        "",
        true,
        mapper,
        item -> new Timestamps(item.createdAt(), item.updatedAt(), item.githubId()),
        new Whole<>(path, mapper),
        Set.of());
  }

  public static ListEndpoint<IssueComment> issueComments() {
    String path = "/issues/comments";
    IssueCommentMapper mapper = new IssueCommentMapper();
    return new ListEndpoint<>(
        path,
        "",
        true,
        mapper,
        item -> new Timestamps(item.createdAt(), item.updatedAt(), item.githubId()),
        new Whole<>(path, mapper),
        Set.of());
  }

  /** A factory for items that are complete in the list. */
  private record Whole<T>(String path, ItemMapper<T> mapper)
      implements ListEndpoint.EnrichmentFactory<T> {

    @Override
    public ItemEnrichment<T> begin(ParsedItem<T> item, OpenRepository repository) {
      return ItemEnrichment.of(item);
    }

    @Override
    public ItemEnrichment<T> ofKey(long number, OpenRepository repository, Set<String> more) {
      return new SingleItemFetch<>(repository, path, number, mapper);
    }

    @Override
    public int requestsPerItem() {
      return 0;
    }
  }
}
