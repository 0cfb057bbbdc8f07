package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.internal.graphql.GraphQlStrategy;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.rest.PullRequestList;
import dev.backfill.github.internal.rest.RestStrategy;
import dev.backfill.github.internal.rest.TimeStrategy;
import dev.backfill.github.internal.rest.WholeListStrategy;
import dev.backfill.github.internal.session.StreamReader;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The factory of a connection's sources, with their endpoints and strategies. */
final class GitHubSources {

  private GitHubSources() {}

  static PullSource<PullRequest> pullRequests(
      GitHub client, Set<PullRequestExtra> extras, GitHubTransport transport) {
    ListEndpoint<PullRequest> endpoint = endpoint(extras);
    return new EndpointSource<>(
        "github:pull-requests",
        PullRequest.class,
        new StreamReader<>(
            client.sharedResources(),
            endpoint,
            strategies(client, endpoint, transport),
            transport == GitHubTransport.AUTO,
            item -> Integer.toString(item.number())));
  }

  static ListEndpoint<PullRequest> endpoint(Set<PullRequestExtra> extras) {
    return PullRequestList.with(
        extras.stream()
            .map(extra -> extra.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toUnmodifiableSet()));
  }

  /** Returns the strategies for pull requests, the preferred one first. */
  static List<ReadStrategy<PullRequest>> strategies(
      GitHub client, ListEndpoint<PullRequest> endpoint, GitHubTransport transport) {
    boolean hasToken = client.sharedResources().api().answersQueries();
    if (transport == GitHubTransport.GRAPHQL && !hasToken) {
      throw new InvalidConfigurationException(
          "The transport is graphql and there is no token; GitHub answers no query without one."
              + " Set a token (GITHUB_TOKEN), or choose auto or rest.");
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

  static <T> PullSource<T> of(GitHub client, GitHubStream<T> stream) {
    return new EndpointSource<>(
        stream.sourceName(),
        stream.itemType(),
        new StreamReader<>(
            client.sharedResources(),
            stream.endpoint(),
            List.of(strategy(stream.endpoint())),
            true,
            stream.key()));
  }

  /** Returns the strategy for a list that is read by REST alone. */
  static <T> ReadStrategy<T> strategy(ListEndpoint<T> endpoint) {
    return switch (endpoint.order()) {
      case CREATION -> new RestStrategy<>(endpoint);
      case UPDATE -> new TimeStrategy<>(endpoint);
      case NONE -> new WholeListStrategy<>(endpoint);
    };
  }
}
