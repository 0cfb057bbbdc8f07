package dev.backfill.github;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.graphql.CountQuery;
import dev.backfill.github.internal.read.ReadCost;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.rest.ListCounter;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A planner that estimates the cost of reading a history. It counts pull requests with one query,
 * or one request without a token, and every other stream with one request. It reads no history.
 *
 * <p>Immutable and thread-safe. Never waits for a limit: a limited client throws at once.
 */
public final class GitHubPlanner {

  /** The look-up of the repository, sent once for each client; all its streams share the result. */
  private static final ReadCost LOOK_UP = ReadCost.ofRequests(1);

  private final GitHub client;
  private final GitHubApi api;

  private GitHubPlanner(GitHub client) {
    this.client = client;
    this.api = client.sharedResources().api();
  }

  /**
   * Creates a planner.
   *
   * @param client sends the requests; the caller closes it
   * @return the planner
   */
  public static GitHubPlanner of(GitHub client) {
    return new GitHubPlanner(client);
  }

  /**
   * Estimates a history.
   *
   * @param target the repository, {@code owner/name}
   * @param extras what to read of each pull request beyond the list; may be empty
   * @param others the streams to read, too; may be empty
   * @return the number of items and the cost of reading them
   * @throws InvalidConfigurationException if the target is not of the form {@code owner/name}
   * @throws BackfillException if GitHub denies access to the repository, limits the client or
   *     cannot be reached; as for reading the history
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  public HistoryEstimate estimate(
      String target, Set<PullRequestExtra> extras, Set<GitHubStream<?>> others)
      throws InterruptedException {
    Task task = new Task(RepositoryName.parse(target));
    ListEndpoint<PullRequest> endpoint = GitHubSources.endpoint(extras);
    ListCounter.Reach pulls = task.pullRequests(endpoint);
    long pullRequests = pulls.items();
    List<HistoryEstimate.Stream> streams = new ArrayList<>();
    streams.add(task.stream(client.pullRequests(extras).name(), pulls, endpoint));
    ReadCost besides = LOOK_UP;
    for (GitHubStream<?> stream : GitHubStream.all()) {
      if (others.contains(stream)) {
        ListEndpoint<?> list = stream.endpoint();
        ListCounter.Reach reach = task.count(list);
        streams.add(task.stream(stream.sourceName(), reach, list));
        besides = besides.plus(GitHubSources.strategy(list).cost(reach.items()));
      }
    }
    task.fetchQuota();
    List<TransportEstimate> transports = new ArrayList<>();
    for (GitHubTransport transport : usable()) {
      ReadCost cost =
          GitHubSources.strategies(client, endpoint, transport)
              .get(0)
              .cost(pullRequests)
              .plus(besides);
      transports.add(
          new TransportEstimate(
              transport,
              new RequestCost(cost.requests(), cost.points()),
              cost.queries(),
              api.quota(ApiResource.CORE),
              api.quota(ApiResource.GRAPHQL)));
    }
    GitHubTransport automatic = task.queriesAreRefused ? GitHubTransport.REST : automatic(endpoint);
    return new HistoryEstimate(task.name, streams, transports, automatic, task.spent());
  }

  private Set<GitHubTransport> usable() {
    return api.answersQueries()
        ? EnumSet.of(GitHubTransport.REST, GitHubTransport.GRAPHQL)
        : EnumSet.of(GitHubTransport.REST);
  }

  private GitHubTransport automatic(ListEndpoint<PullRequest> endpoint) {
    ApiResource preferred =
        GitHubSources.strategies(client, endpoint, GitHubTransport.AUTO).get(0).resource();
    return preferred == ApiResource.GRAPHQL ? GitHubTransport.GRAPHQL : GitHubTransport.REST;
  }

  /** The requests of one estimate. */
  private final class Task {

    private final RepositoryName given;
    private final ListCounter lists = new ListCounter(api);
    private final RequestBudget requests = new RequestBudget(0, new LongAdder());
    private final RequestBudget points = new RequestBudget(0, new LongAdder());
    private final Set<Feature> off = EnumSet.noneOf(Feature.class);
    private boolean queriesAreRefused;
    private String name;

    private Task(RepositoryName given) {
      this.given = given;
      this.name = given.toString();
    }

    private ListCounter.Reach pullRequests(ListEndpoint<PullRequest> endpoint)
        throws InterruptedException {
      CountQuery.@Nullable Counted counted =
          api.answersQueries()
              ? new CountQuery(api).count(given.owner(), given.name(), points)
              : null;
      if (counted == null) {
        queriesAreRefused = api.answersQueries();
        return count(endpoint);
      }
      name = counted.fullName();
      return new ListCounter.Reach(counted.pullRequests(), false);
    }

    /** Counts a list; 0 items if its feature is disabled. */
    private ListCounter.Reach count(ListEndpoint<?> endpoint) throws InterruptedException {
      try {
        return lists.reach("/repos/" + name, endpoint, requests);
      } catch (PermanentFailureException e) {
        Feature feature = endpoint.feature();
        if (feature == null
            || !client.sharedResources().resolver().isOff(name, feature, e, requests)) {
          throw e;
        }
        off.add(feature);
        return new ListCounter.Reach(0, false);
      }
    }

    private HistoryEstimate.Stream stream(
        String source, ListCounter.Reach reach, ListEndpoint<?> endpoint) {
      return new HistoryEstimate.Stream(
          source,
          reach.items(),
          reach.isCut(),
          endpoint.feature() != null && off.contains(endpoint.feature())
              ? endpoint.offNote()
              : null);
    }

    /** Fetches the quota if no response has contained it. GitHub does not charge this request. */
    private void fetchQuota() throws InterruptedException {
      if (api.quota(ApiResource.CORE) != null) {
        return;
      }
      try {
        api.get("/rate_limit", new RequestBudget(0, new LongAdder()));
      } catch (PermanentFailureException e) {
        if (e.reason() != Reason.NOT_FOUND) {
          throw e;
        }
        // An Enterprise Server without limits does not have this endpoint.
      }
    }

    private RequestCost spent() {
      return new RequestCost(requests.spent().sum(), points.spent().sum());
    }
  }
}
