package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.graphql.GraphQlStrategy;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.rest.ListEndpoints;
import dev.backfill.github.internal.rest.RestStrategy;
import dev.backfill.github.internal.rest.TimeStrategy;
import dev.backfill.github.internal.session.StreamReader;
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
    ListEndpoint<PullRequest> endpoint = endpoint(extras);
    return new EndpointSource<>(
        "github:pull-requests",
        PullRequest.class,
        new StreamReader<>(
            client.sharedResources(),
            endpoint,
            strategies(client, endpoint, transport),
            transport == GitHubTransport.AUTO,
            item -> Integer.toString(item.identity().number())));
  }

  static ListEndpoint<PullRequest> endpoint(Set<PullRequestExtra> extras) {
    return ListEndpoints.pullRequests(
        extras.stream()
            .map(extra -> extra.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** The ways to read pull requests, the preferred one first. */
  static List<ReadStrategy<PullRequest>> strategies(
      GitHubClient client, ListEndpoint<PullRequest> endpoint, GitHubTransport transport) {
    boolean hasToken = client.sharedResources().api().answersQueries();
    if (transport == GitHubTransport.GRAPHQL && !hasToken) {
      throw new InvalidConfigurationException(
          "the transport is graphql and there is no token; GitHub answers no query without one:"
              + " give a token (GITHUB_TOKEN), or choose auto or rest");
    }
    ReadStrategy<PullRequest> rest = new RestStrategy<>(endpoint);
    ReadStrategy<PullRequest> graphQl =
        new GraphQlStrategy(endpoint, transport == GitHubTransport.AUTO);
    return switch (transport) {
      case REST -> List.of(rest);
      case GRAPHQL -> List.of(graphQl);
      case AUTO ->
          !hasToken
              ? List.of(rest)
              : endpoint.extras().isEmpty() ? List.of(rest, graphQl) : List.of(graphQl, rest);
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
        ReviewComment.class,
        ListEndpoints.reviewComments(),
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
        IssueComment.class,
        ListEndpoints.issueComments(),
        item -> Long.toString(item.githubId()));
  }

  private static <T> PullSource<T> source(
      GitHubClient client,
      String name,
      Class<T> type,
      ListEndpoint<T> endpoint,
      Function<T, String> key) {
    return new EndpointSource<>(
        name,
        type,
        new StreamReader<>(
            client.sharedResources(), endpoint, List.of(new TimeStrategy<>(endpoint)), true, key));
  }
}
