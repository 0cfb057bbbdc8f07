package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import dev.backfill.testkit.http.Connection;
import dev.backfill.testkit.http.LoopbackServer;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * GitHub's REST and GraphQL APIs inside the process: real HTTP on the loopback interface, with
 * pages, quotas, latency and faults, over {@link SimulatedRepository repositories} of any size.
 *
 * <pre>{@code
 * try (SimulatedGitHub github =
 *     SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 5_000)).start()) {
 *   // GITHUB_API_URL = github.url()
 * }
 * }</pre>
 *
 * <p>It answers {@link Endpoint these requests}, by name and by {@code /repositories/{id}}. It
 * links pages as GitHub does, and honours {@code state}, {@code sort=created|updated}, {@code
 * direction}, {@code since}, {@code per_page} and {@code page}. It computes an order other than
 * that of creation at the first request for it. The {@link RepositoryLists} have filters and orders
 * of their own.
 *
 * <p>GraphQL is at {@code /graphql} and {@code /api/graphql}, for callers with a token. Its schema
 * is the part of GitHub's for pull requests and reviews. Its values are those of REST, with
 * GitHub's differences:
 *
 * <ul>
 *   <li>A deleted account is null, where REST has the ghost.
 *   <li>Bots have no {@code [bot]}.
 *   <li>A missing text is empty.
 *   <li>There is no {@code databaseId} above 32 bits.
 * </ul>
 *
 * <p>A query is charged by the published formula, to another quota than REST's. A cursor belongs to
 * one ordering, and stays valid while pull requests are added, deleted and changed.
 *
 * <p>Quotas belong to principals: a user with all tokens, an installation of an {@linkplain
 * SimulatedApp app}, and all callers without a token together.
 *
 * <p><b>Contract.</b> Safe for any number of threads. Runs in daemon threads until {@link #close}.
 * All times, including the Date header, come from the {@linkplain Builder#timeSource time source}.
 * No log contains a token.
 */
public final class SimulatedGitHub extends FaultControls implements AutoCloseable {

  /**
   * A request that was answered.
   *
   * @param at the time of its arrival
   * @param target its path and query, decoded
   * @param status the HTTP status of the answer
   */
  public record Exchange(Instant at, String target, int status) {}

  /** The address of a simulation that does not listen: no client can connect to port 0. */
  private static final URI NO_ADDRESS = URI.create("http://127.0.0.1:0");

  private static final int MAX_BODY = 1024 * 1024;

  private final @Nullable LoopbackServer server;
  private final Api api;
  private final URI url;
  private final TimeSource time;
  private final Parts parts;

  private SimulatedGitHub(Builder builder, Parts parts, @Nullable LoopbackServer server) {
    super(parts);
    this.parts = parts;
    this.time = builder.time;
    builder.repositories.forEach(repository -> repository.useClock(time));
    GraphQlEndpoint graphQl =
        new GraphQlEndpoint(parts.quotas(), parts.faults(), parts.repositories());
    this.server = server;
    url = server == null ? NO_ADDRESS : server.url();
    api = new Api(builder, parts, graphQl, url.toString());
    if (server != null) {
      server.start(api);
    }
  }

  /**
   * Begins a simulation.
   *
   * @return a builder with the defaults
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the base URL, which replaces {@code https://api.github.com}.
   *
   * @return the base URL, without a slash at its end
   */
  public URI url() {
    return url;
  }

  /** Returns the handler of requests, for clients without a socket. */
  Connection.Handler handler() {
    return api;
  }

  /** Refuses every pull request in a query, or ends that. */
  void forbidNodes(boolean forbid) {
    parts.faults().forbidNodes(forbid);
  }

  /** Ends all connections and stops listening. */
  @Override
  public void close() {
    if (server != null) {
      server.close();
    }
  }

  /**
   * Runs an action after a number of further requests. The action runs before the last of these
   * answers is sent, so the next request sees its changes.
   *
   * @param requests how many from now on, of any kind; at least 1
   * @param action the action, such as changing a repository
   */
  public void afterRequests(int requests, Runnable action) {
    if (requests < 1) {
      throw new IllegalArgumentException("requests is " + requests + "; it must be at least 1");
    }
    parts.traffic().after(requests, Objects.requireNonNull(action, "action"));
  }

  /**
   * Replaces the repository that has the same current name, or adds it.
   *
   * @param repository with an id unlike all others', including the replaced one
   */
  public void replace(SimulatedRepository repository) {
    repository.useClock(time);
    parts.repositories().replace(repository);
  }

  /**
   * Hides a repository: requests about it are answered 404 until {@link #show}.
   *
   * @param name {@code owner/name}
   */
  public void hide(String name) {
    parts.repositories().hide(name, true);
  }

  /**
   * Ends the effect of {@link #hide}.
   *
   * @param name {@code owner/name}
   */
  public void show(String name) {
    parts.repositories().hide(name, false);
  }

  /**
   * Returns the workflows and their runs.
   *
   * @return always the same
   */
  public SimulatedActions actions() {
    return parts.actions();
  }

  /**
   * Returns the issues.
   *
   * @return always the same
   */
  public SimulatedIssues issues() {
    return parts.issues();
  }

  /**
   * Returns the number of requests that have arrived.
   *
   * @return all of them, with any answer
   */
  public long requests() {
    return parts.traffic().requests();
  }

  /**
   * Returns the number of requests of one kind that have arrived.
   *
   * @param endpoint the kind
   * @return all of them, with any answer
   */
  public long requests(Endpoint endpoint) {
    return parts.traffic().requests(endpoint);
  }

  /**
   * Returns the number of requests that were answered with a limit.
   *
   * @return the count
   */
  public long limited() {
    return parts.quotas().limited();
  }

  /**
   * Returns the number of requests that arrived during an announced wait. An earlier answer had
   * then limited their principal for their resource until a later time. A client that obeys has
   * none.
   *
   * @return the count
   */
  public long violations() {
    return parts.quotas().violations();
  }

  /**
   * Returns the max number of concurrent requests of one principal so far.
   *
   * @return the max
   */
  public int mostConcurrent() {
    return parts.concurrentRequests().max();
  }

  /**
   * Returns the points that GraphQL queries were charged, for all principals together.
   *
   * @return points; a limited query costs none
   */
  public long points() {
    return parts.quotas().spent(QuotaResource.GRAPHQL);
  }

  /**
   * Returns the units that requests were charged, for all principals together.
   *
   * @param resource the resource of the quota
   * @return units; a request that is limited, or answered 304, costs none
   */
  public long quotaSpent(QuotaResource resource) {
    return parts.quotas().spent(resource);
  }

  /**
   * Returns the latest requests.
   *
   * @return at most 1,000, oldest first, as a copy
   */
  public List<Exchange> log() {
    return parts.traffic().log();
  }

  /**
   * The configuration of a simulation. By default there is no repository and no latency, and the
   * port is a free one. Any token is valid and has 5,000 requests an hour.
   */
  public static final class Builder {

    final List<SimulatedRepository> repositories = new ArrayList<>();
    TimeSource time = TimeSource.system();
    Duration minLatency = Duration.ZERO;
    Duration maxLatency = Duration.ZERO;
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final Map<QuotaResource, Quotas.Allowance> allowances =
        new EnumMap<>(QuotaResource.class);
    private final Map<QuotaResource, Quotas.Rate> rates = new EnumMap<>(QuotaResource.class);
    private Quotas.Mode mode = Quotas.Mode.NORMAL;
    private @Nullable SimulatedApp app;
    private int concurrent = Integer.MAX_VALUE;
    private Limit crowded = Limit.of(Duration.ofMinutes(1));
    private int port;

    private Builder() {}

    /**
     * Adds repositories. Later changes to them have the time of this simulation.
     *
     * @param more with ids and names unlike each other's
     * @return this builder
     */
    public Builder repository(SimulatedRepository... more) {
      repositories.addAll(Arrays.asList(more));
      return this;
    }

    /**
     * Sets the duration of answers.
     *
     * @param min min duration; not negative
     * @param max max duration; not less than {@code min}
     * @return this builder
     */
    public Builder latency(Duration min, Duration max) {
      if (min.isNegative() || max.compareTo(min) < 0) {
        throw new IllegalArgumentException(
            "latency is " + min + " to " + max + "; it must be rising and not negative");
      }
      minLatency = min;
      maxLatency = max;
      return this;
    }

    /**
     * Sets the REST quota of each token, and of all callers without a token together. The window
     * begins with the first request and ends at a whole second, as GitHub reports it.
     *
     * @param requests in a window; at least 1
     * @param length of a window; positive
     * @return this builder
     */
    public Builder quota(int requests, Duration length) {
      return quota(QuotaResource.CORE, requests, length);
    }

    /**
     * Sets the GraphQL quota of each principal.
     *
     * @param points in a window; at least 1
     * @param length of a window; positive
     * @return this builder
     */
    public Builder graphqlQuota(int points, Duration length) {
      return quota(QuotaResource.GRAPHQL, points, length);
    }

    private Builder quota(QuotaResource resource, int units, Duration length) {
      if (units < 1 || length.isNegative() || length.isZero()) {
        throw new IllegalArgumentException(
            "quota is " + units + " in " + length + "; both must be positive");
      }
      allowances.put(resource, new Quotas.Allowance(units, length));
      return this;
    }

    /**
     * Answers requests of a principal with a secondary limit once it has sent too many in the last
     * minute. The limit ends after its duration, but the next request meets it again while the
     * minute is full.
     *
     * @param resource the resource whose requests are counted
     * @param points max requests in any 60 seconds; each counts 1; at least 1
     * @param limit the limit that a further request meets
     * @return this builder
     */
    public Builder pointsPerMinute(QuotaResource resource, int points, Limit limit) {
      if (points < 1) {
        throw new IllegalArgumentException("points is " + points + "; it must be at least 1");
      }
      rates.put(resource, new Quotas.Rate(points, Objects.requireNonNull(limit, "limit")));
      return this;
    }

    /**
     * Adds a valid token. Any other token is then answered 401. Requests without a token still see
     * public repositories over REST.
     *
     * @param value the token
     * @return this builder
     */
    public Builder token(String value) {
      return token(value, "sim-user");
    }

    /**
     * Adds a valid token of a user. The tokens of one user share their quotas.
     *
     * @param value the token
     * @param userLogin the user, as {@code /user} returns it
     * @return this builder
     */
    public Builder token(String value, String userLogin) {
      tokens.put(
          Objects.requireNonNull(value, "value"), Objects.requireNonNull(userLogin, "userLogin"));
      return this;
    }

    /**
     * Adds an app that gets tokens for its installation, which has its own quotas.
     *
     * @param value the app
     * @return this builder
     */
    public Builder app(SimulatedApp value) {
      app = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Answers a principal's requests beyond a number of concurrent ones with the secondary limit.
     *
     * @param max max concurrent requests; at least 1
     * @param retryAfter the value of Retry-After; positive
     * @return this builder
     */
    public Builder concurrency(int max, Duration retryAfter) {
      if (max < 1) {
        throw new IllegalArgumentException("most is " + max + "; it must be at least 1");
      }
      concurrent = max;
      crowded = Limit.of(retryAfter);
      return this;
    }

    /**
     * Switches limits off, and reports none, like the defaults of GitHub Enterprise Server: no
     * header, {@code rateLimit} is null, {@code /rate_limit} is not found. A limit of {@code
     * limitNext} still applies.
     *
     * @return this builder
     */
    public Builder withoutLimits() {
      mode = Quotas.Mode.SILENT;
      return this;
    }

    /**
     * Switches limits off, and reports 0 of 0 units.
     *
     * @return this builder
     */
    public Builder withZeroLimits() {
      mode = Quotas.Mode.ZERO;
      return this;
    }

    /**
     * Sets the port.
     *
     * @param value a port, or 0 for a free one
     * @return this builder
     */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /**
     * Sets the time source of the quota's windows, the Date header, the latency and changes in the
     * repositories.
     *
     * @param value the time source
     * @return this builder
     */
    public Builder timeSource(TimeSource value) {
      time = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Starts to listen.
     *
     * @return the running simulation; the caller closes it
     * @throws java.io.UncheckedIOException if the port is taken
     */
    public SimulatedGitHub start() {
      return make(new LoopbackServer(port, "simulated-github", MAX_BODY));
    }

    /** Creates a simulation that does not listen; a caller uses its handler. */
    SimulatedGitHub withoutSockets() {
      return make(null);
    }

    private SimulatedGitHub make(@Nullable LoopbackServer server) {
      AppTokens apps = new AppTokens(time, app);
      return new SimulatedGitHub(
          this,
          new Parts(
              new Quotas(time, allowances, mode, rates),
              new Faults(),
              new Traffic(),
              new Callers(tokens, apps),
              apps,
              new ConcurrentRequests(concurrent, crowded),
              new Repositories(repositories),
              new SimulatedActions(time),
              new SimulatedIssues(time)),
          server);
    }
  }
}
