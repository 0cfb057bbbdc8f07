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

/**
 * GitHub's REST API inside the process: real HTTP on the loopback interface, with pages, quota,
 * latency and faults, over {@link SimulatedRepository repositories} of any size.
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
 * <p><b>Contract.</b> Safe for any number of threads. Runs in daemon threads until {@link #close}.
 * All times, that of the Date header too, come from the {@linkplain Builder#timeSource time
 * source}. A token shows up in no log.
 */
public final class SimulatedGitHub implements AutoCloseable {

  /**
   * A request that was answered.
   *
   * @param at when it arrived
   * @param target its path and query, decoded
   * @param status the HTTP status of the answer
   */
  public record Exchange(Instant at, String target, int status) {}

  private final LoopbackServer server;
  private final Quotas quotas;
  private final Faults faults = new Faults();
  private final Traffic traffic = new Traffic();
  private final Callers callers;
  private final Repositories repositories;

  private SimulatedGitHub(Builder builder) {
    quotas = new Quotas(builder.time, builder.allowances, builder.mode);
    callers = new Callers(builder.tokens);
    repositories = new Repositories(builder.repositories);
    builder.repositories.forEach(repository -> repository.tellTimeBy(builder.time));
    Ordering ordering = new Ordering();
    server = new LoopbackServer(builder.port);
    server.start(
        new Api(
            builder,
            new Parts(quotas, faults, traffic, callers, repositories, ordering),
            new GraphQlEndpoint(quotas, faults, repositories, ordering),
            server.url().toString()));
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
    return server.url();
  }

  /** Ends all connections and stops listening. */
  @Override
  public void close() {
    server.close();
  }

  /**
   * Lets the next requests fail on the server. Faults that are asked for add up and are met in
   * order, one a request; a request that is limited meets none.
   *
   * @param count how many requests
   * @param status the status, such as 500; a page of HTML comes with 502, 503 and 504
   */
  public void failNext(int count, int status) {
    for (int i = 0; i < count; i++) {
      faults.add(answer -> Faults.failure(status));
    }
  }

  /** Cuts the connection in the middle of the next answer. */
  public void truncateNext() {
    faults.add(answer -> answer.delivered(Answer.Delivery.CUT));
  }

  /** Ends the connection instead of answering the next request. */
  public void dropNext() {
    faults.add(answer -> answer.delivered(Answer.Delivery.DROPPED));
  }

  /** Leaves the next request without an answer until its client hangs up. */
  public void stallNext() {
    faults.add(answer -> answer.delivered(Answer.Delivery.STALLED));
  }

  /**
   * Lets the details of a pull request answer 502 always, in every repository.
   *
   * @param number its number
   */
  public void poison(int number) {
    faults.poison(number);
  }

  /**
   * Ends what {@link #poison} began.
   *
   * @param number the pull request's number
   */
  public void heal(int number) {
    faults.heal(number);
  }

  /**
   * Answers the next request, and all that come with the same token in the given time, with the
   * secondary limit: 403 and {@code Retry-After}.
   *
   * @param retryAfter how long; positive
   */
  public void limitNext(Duration retryAfter) {
    limitNext(Limit.of(retryAfter));
  }

  /**
   * Answers the next request that a limit is for, and all for the same resource that come from the
   * same principal while it lasts, with that limit.
   *
   * @param limit the limit
   */
  public void limitNext(Limit limit) {
    quotas.limitNext(Objects.requireNonNull(limit, "limit"));
  }

  /**
   * How many requests have arrived.
   *
   * @return all of them, whatever the answer was
   */
  public long requests() {
    return traffic.requests();
  }

  /**
   * How many requests of one kind have arrived.
   *
   * @param endpoint the kind
   * @return all of them, whatever the answer was
   */
  public long requests(Endpoint endpoint) {
    return traffic.requests(endpoint);
  }

  /**
   * How many requests were answered with one of the limits.
   *
   * @return the count
   */
  public long limited() {
    return quotas.limited();
  }

  /**
   * How many requests arrived although an answer had said before that their token is limited until
   * a later time. A client that obeys has none.
   *
   * @return the count
   */
  public long violations() {
    return quotas.violations();
  }

  /**
   * What GraphQL queries were charged, all principals together.
   *
   * @return points; a query that is limited costs none
   */
  public long points() {
    return quotas.spent(QuotaResource.GRAPHQL);
  }

  /**
   * What requests were charged, all principals together.
   *
   * @param resource of which quota
   * @return units; a request that is limited, or answered 304, costs none
   */
  public long quotaSpent(QuotaResource resource) {
    return quotas.spent(resource);
  }

  /**
   * The latest requests.
   *
   * @return at most 1,000, oldest first, as a copy
   */
  public List<Exchange> log() {
    return traffic.log();
  }

  /**
   * Sets a simulation up. Without anything said there is no repository, no latency, any token is
   * good, each has 5,000 requests an hour, and the port is a free one.
   */
  public static final class Builder {

    final List<SimulatedRepository> repositories = new ArrayList<>();
    TimeSource time = TimeSource.system();
    Duration shortest = Duration.ZERO;
    Duration longest = Duration.ZERO;
    private final Map<String, String> tokens = new LinkedHashMap<>();
    private final Map<QuotaResource, Quotas.Allowance> allowances =
        new EnumMap<>(QuotaResource.class);
    private Quotas.Mode mode = Quotas.Mode.USUAL;
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
      shortest = min;
      longest = max;
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
      return new SimulatedGitHub(this);
    }
  }
}
