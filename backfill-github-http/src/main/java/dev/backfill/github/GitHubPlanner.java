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
import dev.backfill.github.internal.rest.ListEndpoints;
import dev.backfill.github.internal.rest.TimeStrategy;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Says what it takes to read a history, before it is read. Counts pull requests with one query, or
 * one request without a token, and comments with one request a stream; reads no history.
 *
 * <p>Immutable and safe for any number of threads. Waits for no limit: a client that is limited
 * throws at once.
 */
public final class GitHubPlanner {

  /** ReportedIssue by the first session of a client; all streams share it. */
  private static final ReadCost LOOK_UP = ReadCost.ofRequests(1);

  private final GitHub client;
  private final GitHubApi api;

  private GitHubPlanner(GitHub client) {
    this.client = client;
    this.api = client.sharedResources().api();
  }

  /**
   * Makes a planner.
   *
   * @param client asks GitHub; stays the caller's to close
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
   * @param comments which comments to read, too; may be empty
   * @return what there is and what it takes
   * @throws InvalidConfigurationException when the target is no {@code owner/name}
   * @throws BackfillException when GitHub does not let the repository be read, or limits, or cannot
   *     be reached; as when the history is read
   * @throws InterruptedException when the thread is interrupted meanwhile
   */
  public HistoryEstimate estimate(
      String target, Set<PullRequestExtra> extras, Set<CommentStream> comments)
      throws InterruptedException {
    Task task = new Task(RepositoryName.parse(target));
    ListEndpoint<PullRequest> endpoint = GitHubSources.endpoint(extras);
    ListCounter.Reach pulls = task.pullRequests(endpoint);
    long pullRequests = pulls.items();
    List<HistoryEstimate.Stream> streams = new ArrayList<>();
    streams.add(task.stream(client.pullRequests(extras).name(), pulls, endpoint));
    ReadCost besides = LOOK_UP;
    for (CommentStream kind : CommentStream.values()) {
      if (comments.contains(kind)) {
        ListEndpoint<?> list = endpoint(kind);
        ListCounter.Reach reach = task.count(list);
        streams.add(task.stream(name(kind), reach, list));
        besides = besides.plus(new TimeStrategy<>(list).cost(reach.items()));
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

  private static ListEndpoint<?> endpoint(CommentStream kind) {
    return switch (kind) {
      case REVIEW_COMMENTS -> ListEndpoints.reviewComments();
      case ISSUE_COMMENTS -> ListEndpoints.issueComments();
    };
  }

  private String name(CommentStream kind) {
    return switch (kind) {
      case REVIEW_COMMENTS -> client.reviewComments().name();
      case ISSUE_COMMENTS -> client.issueComments().name();
    };
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

    /** A list of a feature that is switched off has no items. */
    private ListCounter.Reach count(ListEndpoint<?> endpoint) throws InterruptedException {
      try {
        return lists.reach("/repos/" + name, endpoint, requests);
      } catch (PermanentFailureException e) {
        if (!client.sharedResources().resolver().isOff(name, endpoint.feature(), e, requests)) {
          throw e;
        }
        off.add(endpoint.feature());
        return new ListCounter.Reach(0, false);
      }
    }

    private HistoryEstimate.Stream stream(
        String source, ListCounter.Reach reach, ListEndpoint<?> endpoint) {
      return new HistoryEstimate.Stream(
          source,
          reach.items(),
          reach.isCut(),
          off.contains(endpoint.feature()) ? endpoint.feature().note() : null);
    }

    /** Asks for the quota when no answer has told it; that is charged to none. */
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
        // An Enterprise Server that limits nothing does not have it.
      }
    }

    private RequestCost spent() {
      return new RequestCost(requests.spent().sum(), points.spent().sum());
    }
  }
}
