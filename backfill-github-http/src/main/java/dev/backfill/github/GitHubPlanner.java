package dev.backfill.github;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.github.internal.graphql.CountQuery;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.pull.Feature;
import dev.backfill.github.internal.pull.ListCounter;
import dev.backfill.github.internal.pull.Listing;
import dev.backfill.github.internal.pull.ReadingCost;
import dev.backfill.github.internal.pull.Streams;
import dev.backfill.github.internal.pull.TimeRoute;
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

  /** Told by the first session of a client; all streams share it. */
  private static final ReadingCost LOOK_UP = ReadingCost.ofRequests(1);

  private final GitHubClient client;
  private final GitHubApi api;

  private GitHubPlanner(GitHubClient client) {
    this.client = client;
    this.api = client.workplace().api();
  }

  /**
   * Makes a planner.
   *
   * @param client asks GitHub; stays the caller's to close
   * @return the planner
   */
  public static GitHubPlanner of(GitHubClient client) {
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
    Errand errand = new Errand(RepositoryName.parse(target));
    Listing<PullRequest> listing = GitHubSources.listing(extras);
    ListCounter.Reach pulls = errand.pullRequests(listing);
    long pullRequests = pulls.items();
    List<HistoryEstimate.Stream> streams = new ArrayList<>();
    streams.add(errand.stream(GitHubSources.pullRequests(client, extras).name(), pulls, listing));
    ReadingCost besides = LOOK_UP;
    for (CommentStream kind : CommentStream.values()) {
      if (comments.contains(kind)) {
        Listing<?> list = listing(kind);
        ListCounter.Reach reach = errand.count(list);
        streams.add(errand.stream(name(kind), reach, list));
        besides = besides.plus(new TimeRoute<>(list).cost(reach.items()));
      }
    }
    errand.learnQuota();
    List<TransportEstimate> transports = new ArrayList<>();
    for (GitHubTransport transport : usable()) {
      ReadingCost cost =
          GitHubSources.routes(client, listing, transport).get(0).cost(pullRequests).plus(besides);
      transports.add(
          new TransportEstimate(
              transport,
              new RequestCost(cost.requests(), cost.points()),
              cost.queries(),
              api.quota(ApiResource.CORE),
              api.quota(ApiResource.GRAPHQL)));
    }
    GitHubTransport automatic =
        errand.queriesAreRefused ? GitHubTransport.REST : automatic(listing);
    return new HistoryEstimate(errand.name, streams, transports, automatic, errand.spent());
  }

  private Set<GitHubTransport> usable() {
    return api.answersQueries()
        ? EnumSet.of(GitHubTransport.REST, GitHubTransport.GRAPHQL)
        : EnumSet.of(GitHubTransport.REST);
  }

  private GitHubTransport automatic(Listing<PullRequest> listing) {
    ApiResource preferred =
        GitHubSources.routes(client, listing, GitHubTransport.AUTO).get(0).resource();
    return preferred == ApiResource.GRAPHQL ? GitHubTransport.GRAPHQL : GitHubTransport.REST;
  }

  private static Listing<?> listing(CommentStream kind) {
    return switch (kind) {
      case REVIEW_COMMENTS -> Streams.reviewComments();
      case ISSUE_COMMENTS -> Streams.issueComments();
    };
  }

  private String name(CommentStream kind) {
    return switch (kind) {
      case REVIEW_COMMENTS -> GitHubSources.reviewComments(client).name();
      case ISSUE_COMMENTS -> GitHubSources.issueComments(client).name();
    };
  }

  /** The requests of one estimate. */
  private final class Errand {

    private final RepositoryName given;
    private final ListCounter lists = new ListCounter(api);
    private final Budget requests = new Budget(0, new LongAdder());
    private final Budget points = new Budget(0, new LongAdder());
    private final Set<Feature> off = EnumSet.noneOf(Feature.class);
    private boolean queriesAreRefused;
    private String name;

    private Errand(RepositoryName given) {
      this.given = given;
      this.name = given.toString();
    }

    private ListCounter.Reach pullRequests(Listing<PullRequest> listing)
        throws InterruptedException {
      CountQuery.@Nullable Counted counted =
          api.answersQueries()
              ? new CountQuery(api).count(given.owner(), given.name(), points)
              : null;
      if (counted == null) {
        queriesAreRefused = api.answersQueries();
        return count(listing);
      }
      name = counted.fullName();
      return new ListCounter.Reach(counted.pullRequests(), false);
    }

    /** A list of a feature that is switched off has no items. */
    private ListCounter.Reach count(Listing<?> listing) throws InterruptedException {
      try {
        return lists.reach("/repos/" + name, listing, requests);
      } catch (PermanentFailureException e) {
        if (!client.workplace().directory().isOff(name, listing.feature(), e, requests)) {
          throw e;
        }
        off.add(listing.feature());
        return new ListCounter.Reach(0, false);
      }
    }

    private HistoryEstimate.Stream stream(
        String source, ListCounter.Reach reach, Listing<?> listing) {
      return new HistoryEstimate.Stream(
          source,
          reach.items(),
          reach.isCut(),
          off.contains(listing.feature()) ? listing.feature().note() : null);
    }

    /** Asks for the quota when no answer has told it; that is charged to none. */
    private void learnQuota() throws InterruptedException {
      if (api.quota(ApiResource.CORE) != null) {
        return;
      }
      try {
        api.get("/rate_limit", new Budget(0, new LongAdder()));
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
