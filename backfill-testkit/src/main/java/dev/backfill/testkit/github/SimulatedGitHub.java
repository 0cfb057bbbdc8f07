package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
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
 * <p>It answers {@link Endpoint these requests}, by name and by {@code /repositories/{id}}. Pages
 * are linked as GitHub links them; {@code state}, {@code sort=created|updated}, {@code direction},
 * {@code since}, {@code per_page} and {@code page} are honoured. An order other than that of
 * creation is worked out when it is first asked for.
 *
 * <p>GraphQL is at {@code /graphql} and {@code /api/graphql}, for those with a token. Its schema is
 * the part of GitHub's that tells of pull requests and reviews, and says of them what REST says,
 * with GitHub's differences: nobody where REST shows the ghost, bots without {@code [bot]}, an
 * empty text where there is none, no {@code databaseId} above 32 bits. A query is charged by the
 * published formula, to another quota than REST's. Cursors stay right while pull requests come, go
 * and change, and belong to one ordering.
 *
 * <p>Quotas belong to principals: users, whose tokens share them, installations of an {@linkplain
 * SimulatedApp app}, and everybody without a token together.
 *
 * <p><b>Contract.</b> Safe for any number of threads. Runs in daemon threads until {@link #close}.
 * All times, that of the Date header too, come from the {@linkplain Builder#timeSource time
 * source}. A token shows up in no log.
 */
public final class SimulatedGitHub extends FaultControls implements AutoCloseable {

  /**
   * A request that was answered.
   *
   * @param at when it arrived
   * @param target its path and query, decoded
   * @param status the HTTP status of the answer
   */
  public record Exchange(Instant at, String target, int status) {}

  /** Of one that does not listen: nothing can be reached at port 0. */
  private static final URI NO_ADDRESS = URI.create("http://127.0.0.1:0");

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
   * Where it listens: what {@code https://api.github.com} is for the real one.
   *
   * @return the base URL, without a slash at its end
   */
  public URI url() {
    return url;
  }

  /** What answers a request, for clients without a socket. */
  Connection.Handler handler() {
    return api;
  }

  /** Refuses every pull request that a query asks for, or ends that. */
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
   * Does something once more requests are answered, before the last of these answers is sent: the
   * next request sees what it changed.
   *
   * @param requests how many from now on, of any kind; at least 1
   * @param action what to do, such as changing a repository
   */
  public void afterRequests(int requests, Runnable action) {
    if (requests < 1) {
      throw new IllegalArgumentException("requests is " + requests + "; it must be at least 1");
    }
    parts.traffic().after(requests, Objects.requireNonNull(action, "action"));
  }

  /**
   * Puts a repository in the place of the one that has the same name now, or adds it.
   *
   * @param repository with an id unlike all others', that of the replaced one too
   */
  public void replace(SimulatedRepository repository) {
    repository.useClock(time);
    parts.repositories().replace(repository);
  }

  /**
   * Lets a repository be seen by nobody: requests about it are answered 404 until {@link #show}.
   *
   * @param name {@code owner/name}
   */
  public void hide(String name) {
    parts.repositories().hide(name, true);
  }

  /**
   * Ends what {@link #hide} began.
   *
   * @param name {@code owner/name}
   */
  public void show(String name) {
    parts.repositories().hide(name, false);
  }

  /**
   * The workflows and their runs.
   *
   * @return always the same
   */
  public SimulatedActions actions() {
    return parts.actions();
  }

  /**
   * The issues that were opened.
   *
   * @return always the same
   */
  public SimulatedIssues issues() {
    return parts.issues();
  }

  /**
   * How many requests have arrived.
   *
   * @return all of them, whatever the answer was
   */
  public long requests() {
    return parts.traffic().requests();
  }

  /**
   * How many requests of one kind have arrived.
   *
   * @param endpoint the kind
   * @return all of them, whatever the answer was
   */
  public long requests(Endpoint endpoint) {
    return parts.traffic().requests(endpoint);
  }

  /**
   * How many requests were answered with one of the limits.
   *
   * @return the count
   */
  public long limited() {
    return parts.quotas().limited();
  }

  /**
   * How many requests arrived although an answer had said before that their principal is limited
   * for their resource until a later time. A client that obeys has none.
   *
   * @return the count
   */
  public long violations() {
    return parts.quotas().violations();
  }

  /**
   * How many requests of one principal were answered at once.
   *
   * @return the most that there were
   */
  public int mostConcurrent() {
    return parts.concurrentRequests().max();
  }

  /**
   * What GraphQL queries were charged, all principals together.
   *
   * @return points; a query that is limited costs none
   */
  public long points() {
    return parts.quotas().spent(QuotaResource.GRAPHQL);
  }

  /**
   * What requests were charged, all principals together.
   *
   * @param resource of which quota
   * @return units; a request that is limited, or answered 304, costs none
   */
  public long quotaSpent(QuotaResource resource) {
    return parts.quotas().spent(resource);
  }

  /**
   * The latest requests.
   *
   * @return at most 1,000, oldest first, as a copy
   */
  public List<Exchange> log() {
    return parts.traffic().log();
  }

  /**
   * Sets a simulation up. Without anything said there is no repository, no latency, any token is
   * good, each has 5,000 requests an hour, and the port is a free one.
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
     * Adds repositories. What changes in them from now on is changed at this simulation's time.
     *
     * @param more with ids and names unlike each other's
     * @return this builder
     */
    public Builder repository(SimulatedRepository... more) {
      repositories.addAll(Arrays.asList(more));
      return this;
    }

    /**
     * How long each answer takes.
     *
     * @param min the shortest; not negative
     * @param max the longest; not less than {@code min}
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
     * How many REST requests each token, and everybody without one together, may send. The window
     * begins with the first request and ends at a whole second, as GitHub tells it.
     *
     * @param requests in a window; at least 1
     * @param length of a window; positive
     * @return this builder
     */
    public Builder quota(int requests, Duration length) {
      return quota(QuotaResource.CORE, requests, length);
    }

    /**
     * How much each principal may spend on GraphQL.
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
     * minute is still full.
     *
     * @param resource which requests are counted
     * @param points how many of them may be answered in any 60 seconds; each counts 1; at least 1
     * @param limit the limit that one more meets
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
     * A token that is good; as soon as there is one, others are answered 401. Requests without one
     * still see public repositories over REST.
     *
     * @param value the token
     * @return this builder
     */
    public Builder token(String value) {
      return token(value, "sim-user");
    }

    /**
     * A token that is good, and whose it is. The tokens of one user share their quotas.
     *
     * @param value the token
     * @param userLogin the user, as {@code /user} tells it
     * @return this builder
     */
    public Builder token(String value, String userLogin) {
      tokens.put(
          Objects.requireNonNull(value, "value"), Objects.requireNonNull(userLogin, "userLogin"));
      return this;
    }

    /**
     * An app that gets tokens for its installation, which has quotas of its own.
     *
     * @param value the app
     * @return this builder
     */
    public Builder app(SimulatedApp value) {
      app = Objects.requireNonNull(value, "value");
      return this;
    }

    /**
     * Answers requests that a principal sends beside too many others with the secondary limit.
     *
     * @param max how many may be answered at once; at least 1
     * @param retryAfter how long they are told to wait; positive
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
     * Limits nothing and says nothing about limits, as GitHub Enterprise Server at first: no
     * header, {@code rateLimit} is null, {@code /rate_limit} is not found. Limits that are asked
     * for with {@code limitNext} still come.
     *
     * @return this builder
     */
    public Builder withoutLimits() {
      mode = Quotas.Mode.SILENT;
      return this;
    }

    /**
     * Limits nothing and says that 0 of 0 units are left.
     *
     * @return this builder
     */
    public Builder withZeroLimits() {
      mode = Quotas.Mode.ZERO;
      return this;
    }

    /**
     * Where to listen.
     *
     * @param value a port, or 0 for a free one
     * @return this builder
     */
    public Builder port(int value) {
      port = value;
      return this;
    }

    /**
     * Whose time it is: for the quota's windows, the Date header, the latency and what changes in
     * the repositories.
     *
     * @param value the time
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
     * @throws java.io.UncheckedIOException when the port is taken
     */
    public SimulatedGitHub start() {
      return make(new LoopbackServer(port));
    }

    /** Makes one that does not listen: it is asked through its handler. */
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
