package dev.backfill.github.internal.pull;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.history.Timestamps;
import dev.backfill.github.internal.json.IssueCommentMapper;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.json.PullRequestMapper;
import dev.backfill.github.internal.json.ReviewCommentMapper;
import java.util.Set;
import java.util.TreeSet;

/**
 * The lists that there are. The history is read oldest first: what is created meanwhile comes at
 * the end, and nothing moves from one page to another.
 */
public final class Streams {

  /** An extra: what only the pull request alone tells. */
  public static final String DETAILS = "details";

  /** An extra: the reviews. */
  public static final String REVIEWS = "reviews";

  private Streams() {}

  public static Listing<PullRequest> pullRequests(Set<String> extras) {
    return new Listing<>(
        "/pulls",
        "state=all&",
        false,
        PullRequestMapper.ofLists(),
        item -> new Timestamps(item.lifecycle().createdAt(), item.lifecycle().updatedAt()),
        new PullRequestCompleting(extras),
        extras);
  }

  private record PullRequestCompleting(Set<String> extras)
      implements Listing.Completing<PullRequest> {

    @Override
    public Completion<PullRequest> begin(ParsedItem<PullRequest> item, OpenRepository repository) {
      return item.item() == null || extras.isEmpty()
          ? Completion.of(item)
          : PullRequestCompletion.of(item.item(), repository, extras);
    }

    @Override
    public Completion<PullRequest> reread(
        long number, OpenRepository repository, Set<String> more) {
      Set<String> all = new TreeSet<>(extras);
      all.addAll(more);
      return PullRequestCompletion.of((int) Math.min(number, Integer.MAX_VALUE), repository, all);
    }

    @Override
    public int requestsPerItem() {
      return extras.size();
    }
  }

  public static Listing<ReviewComment> reviewComments() {
    String path = "/pulls/comments";
    ReviewCommentMapper mapper = new ReviewCommentMapper();
    return new Listing<>(
        path, "", true, mapper, item -> item.timestamps(), new Whole<>(path, mapper), Set.of());
  }

  public static Listing<IssueComment> issueComments() {
    String path = "/issues/comments";
    IssueCommentMapper mapper = new IssueCommentMapper();
    return new Listing<>(
        path, "", true, mapper, item -> item.timestamps(), new Whole<>(path, mapper), Set.of());
  }

  /** Items of which the list tells everything. */
  private record Whole<T>(String path, ItemMapper<T> mapper) implements Listing.Completing<T> {

    @Override
    public Completion<T> begin(ParsedItem<T> item, OpenRepository repository) {
      return Completion.of(item);
    }

    @Override
    public Completion<T> reread(long number, OpenRepository repository, Set<String> more) {
      return new SingleItem<>(repository, path, number, mapper);
    }

    @Override
    public int requestsPerItem() {
      return 0;
    }
  }
}
