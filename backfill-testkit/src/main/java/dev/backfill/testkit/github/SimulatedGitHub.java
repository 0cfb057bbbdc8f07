package dev.backfill.testkit.github;

import dev.backfill.api.time.TimeSource;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

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

  private SimulatedGitHub(Builder builder) {
    quotas = new Quotas(builder.time, builder.limit, builder.window);
    server = new LoopbackServer(builder.port);
    builder.repositories.forEach(repository -> repository.tellTimeBy(builder.time));
    server.start(new Api(builder, quotas, faults, traffic, server.url().toString()));
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
    if (retryAfter.isNegative() || retryAfter.isZero()) {
      throw new IllegalArgumentException("retryAfter is " + retryAfter + "; it must be positive");
    }
    quotas.limitNext(retryAfter);
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
    @Nullable String token;
    private int limit = 5_000;
    private Duration window = Duration.ofHours(1);
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
     * How many requests each token, and everybody without one together, may send. The window begins
     * with the first request and ends at a whole second, as GitHub tells it.
     *
     * @param requests in a window; at least 1
     * @param length of a window; positive
     * @return this builder
     */
    public Builder quota(int requests, Duration length) {
      if (requests < 1 || length.isNegative() || length.isZero()) {
        throw new IllegalArgumentException(
            "quota is " + requests + " in " + length + "; both must be positive");
      }
      limit = requests;
      window = length;
      return this;
    }

    /**
     * The only token that is good; others are answered 401. Requests without one still see public
     * repositories.
     *
     * @param value the token
     * @return this builder
     */
    public Builder token(String value) {
      token = Objects.requireNonNull(value, "value");
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
