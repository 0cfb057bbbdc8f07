package dev.backfill.github.internal.pull;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.github.internal.json.IssueCommentMapper;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.json.ReviewCommentMapper;
import java.util.Set;

/**
 * The lists that there are. All are read oldest first: what is created meanwhile comes at the end,
 * and nothing moves from one page to another.
 */
public final class Streams {

  /** An extra: what only the pull request alone tells. */
  public static final String DETAILS = "details";

  /** An extra: the reviews. */
  public static final String REVIEWS = "reviews";

  private static final String OLDEST_FIRST = "sort=created&direction=asc&per_page=" + Page.SIZE;

  private Streams() {}

  public static Listing<PullRequest> pullRequests(Set<String> extras) {
    Enricher<PullRequest> enricher =
        (item, repository, api) ->
            item.item() == null || extras.isEmpty()
                ? Completion.of(item)
                : new PullRequestCompletion(api, repository, item.id(), item.item(), extras);
    return new Listing<>(
        "/pulls?state=all&" + OLDEST_FIRST, PullRequestMapper.ofLists(), enricher, extras);
  }

  public static Listing<ReviewComment> reviewComments() {
    return new Listing<>(
        "/pulls/comments?" + OLDEST_FIRST,
        new ReviewCommentMapper(),
        (item, repository, api) -> Completion.of(item),
        Set.of());
  }

  public static Listing<IssueComment> issueComments() {
    return new Listing<>(
        "/issues/comments?" + OLDEST_FIRST,
        new IssueCommentMapper(),
        (item, repository, api) -> Completion.of(item),
        Set.of());
  }
}
