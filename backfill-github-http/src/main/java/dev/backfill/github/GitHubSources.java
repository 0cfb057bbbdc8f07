package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.graphql.GraphQlRoute;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.RestRoute;
import dev.backfill.github.internal.pull.Route;
import dev.backfill.github.internal.pull.StreamReader;
import dev.backfill.github.internal.pull.Streams;
import dev.backfill.github.internal.pull.TimeRoute;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The kinds of history that GitHub has. A target is {@code owner/name}. Every source is immutable
 * and safe for any number of threads, and reads oldest first.
 */
public final class GitHubSources {

  private GitHubSources() {}

  /**
   * Pull requests, open and closed. Named {@code github:pull-requests}; an item's key is its
   * number.
   *
   * @param client asks GitHub; stays the caller's to close, after the sessions
   * @param extras what to read beyond the list; empty for one request a hundred pull requests
   * @return the source
   * @see <a href="https://docs.github.com/en/rest/pulls/pulls#list-pull-requests">GitHub: list pull
   *     requests</a>
   */
  public static PullSource<PullRequest> pullRequests(
      GitHubClient client, Set<PullRequestExtra> extras) {
    return pullRequests(client, extras, GitHubTransport.AUTO);
  }

  /**
   * Pull requests, open and closed, read in a chosen way. Named {@code github:pull-requests}; an
   * item's key is its number.
   *
   * @param client asks GitHub; stays the caller's to close, after the sessions
   * @param extras what to read beyond the list; may be empty
   * @param transport how to read them
   * @return the source
   * @throws InvalidConfigurationException when it is {@link GitHubTransport#GRAPHQL} and the client
   *     has no token
   */
  public static PullSource<PullRequest> pullRequests(
      GitHubClient client, Set<PullRequestExtra> extras, GitHubTransport transport) {
    Listing<PullRequest> listing = listing(extras);
    return new ListingSource<>(
        "github:pull-requests",
        new StreamReader<>(
            client.workplace(),
            listing,
            routes(client, listing, transport),
            transport == GitHubTransport.AUTO,
            item -> Integer.toString(item.identity().number())));
  }

  static Listing<PullRequest> listing(Set<PullRequestExtra> extras) {
    return Streams.pullRequests(
        extras.stream()
            .map(extra -> extra.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** The ways to read pull requests, the preferred one first. */
  static List<Route<PullRequest>> routes(
      GitHubClient client, Listing<PullRequest> listing, GitHubTransport transport) {
    boolean hasToken = client.workplace().api().answersQueries();
    if (transport == GitHubTransport.GRAPHQL && !hasToken) {
      throw new InvalidConfigurationException(
          "the transport is graphql and there is no token; GitHub answers no query without one:"
              + " give a token (GITHUB_TOKEN), or choose auto or rest");
    }
    Route<PullRequest> rest = new RestRoute<>(listing);
    Route<PullRequest> graphQl = new GraphQlRoute(listing, transport == GitHubTransport.AUTO);
    return switch (transport) {
      case REST -> List.of(rest);
      case GRAPHQL -> List.of(graphQl);
      case AUTO ->
          !hasToken
              ? List.of(rest)
              : listing.extras().isEmpty() ? List.of(rest, graphQl) : List.of(graphQl, rest);
    };
  }

  /**
   * Comments on the lines of pull requests, of the whole repository. Named {@code
   * github:review-comments}; an item's key is its id.
   *
   * @param client asks GitHub; stays the caller's to close, after the sessions
   * @return the source
   * @see <a
   *     href="https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository">GitHub:
   *     list review comments</a>
   */
  public static PullSource<ReviewComment> reviewComments(GitHubClient client) {
    return source(
        client,
        "github:review-comments",
        Streams.reviewComments(),
        item -> Long.toString(item.githubId()));
  }

  /**
   * Comments in the conversations of issues and pull requests, of the whole repository. Named
   * {@code github:issue-comments}; an item's key is its id.
   *
   * @param client asks GitHub; stays the caller's to close, after the sessions
   * @return the source
   * @see <a
   *     href="https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository">GitHub:
   *     list issue comments</a>
   */
  public static PullSource<IssueComment> issueComments(GitHubClient client) {
    return source(
        client,
        "github:issue-comments",
        Streams.issueComments(),
        item -> Long.toString(item.githubId()));
  }

  private static <T> PullSource<T> source(
      GitHubClient client, String name, Listing<T> listing, Function<T, String> key) {
    return new ListingSource<>(
        name,
        new StreamReader<>(
            client.workplace(), listing, List.of(new TimeRoute<>(listing)), true, key));
  }
}
