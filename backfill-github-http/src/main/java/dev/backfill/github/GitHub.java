package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.api.GitHubConnection;
import dev.backfill.github.internal.repository.AdaptiveConcurrency;
import dev.backfill.github.internal.repository.PagePrefetcher;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.repository.SharedResources;
import dev.backfill.github.internal.throttle.ThrottleLimits;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.Authorities;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.Deadlines;
import dev.backfill.github.internal.transport.Network;
import dev.backfill.github.internal.transport.ProxyRoute;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection to GitHub with one credential or several, shared by all sources and sessions that
 * read with it. GitHub counts requests by principal and resource, so one connection keeps one count
 * of each.
 *
 * <p>After one request is limited, no other of that principal is sent for that resource before the
 * end that GitHub gave. With several credentials, the same request is sent with another one. It
 * fails only if none is left, with the first time at which one may be used again.
 *
 * <p>The quota of several principals is the sum over those that are usable and known; a reserve is
 * kept of that sum. It ends with the first window in which something was used.
 *
 * <p>Thread-safe. {@link #close()} it after the sessions.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub:
 *     rate limits</a>
 */
public final class GitHub implements AutoCloseable {

  /** The API of github.com. */
  public static final URI DEFAULT_API_URL = URI.create("https://api.github.com");

  /** The default max number of items enriched at once: 4. */
  public static final int DEFAULT_DETAIL_CONCURRENCY = 4;

  /** The default number of pages of a list fetched ahead: 1. */
  public static final int DEFAULT_PAGES_AHEAD = 1;

  /** The default max size of pages that a session holds ahead: 16 MiB. */
  public static final long DEFAULT_MAX_BYTES_AHEAD = 16L << 20;

  /** The default max number of GraphQL queries of one principal at once: 1. */
  public static final int DEFAULT_GRAPHQL_CONCURRENCY = 1;

  /** GitHub's max points of REST requests in a minute: 900. */
  public static final int DEFAULT_REST_POINTS = 900;

  /** GitHub's max points of GraphQL queries in a minute: 2,000. */
  public static final int DEFAULT_GRAPHQL_POINTS = 2_000;

  private final GitHubConnection connection;
  private final ExecutorService executor;
  private final SharedResources shared;

  private GitHub(Builder builder) {
    GitHubTimeouts timeouts = builder.timeouts;
    ClientMachine machine = builder.machine == null ? ClientMachine.real() : builder.machine;
    this.executor = machine.threads().workers();
    this.connection =
        GitHubConnection.open(
            builder.address,
            builder.credentials(),
            new Network(
                new Deadlines(timeouts.connect(), timeouts.read(), timeouts.total()),
                ProxyRoute.of(builder.address, builder.proxyVariables),
                builder.authorities,
                machine.http()),
            builder.throttleLimits(),
            machine.threads(),
            builder.timeSource,
            builder.random,
            builder.sharedLimits);
    GitHubApi api = connection.api();
    this.shared =
        new SharedResources(
            api,
            new RepositoryResolver(api, builder.timeSource),
            executor,
            new AdaptiveConcurrency(builder.detailConcurrency, builder.timeSource),
            new PagePrefetcher.Bounds(builder.pagesAhead, builder.maxBytesAhead),
            machine.pages());
  }

  /**
   * Creates a builder of a connection.
   *
   * @return a builder with every default
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Connects to github.com.
   *
   * @param token a personal, installation or workflow token; null or blank for none, which leaves
   *     60 requests an hour and public repositories
   * @return the connection with every default; the caller closes it
   * @throws InvalidConfigurationException if the token has a character that no token has
   */
  public static GitHub withToken(@Nullable String token) {
    return builder().token(token).build();
  }

  /**
   * Returns a source of pull requests, open and closed, oldest first. Its name is {@code
   * github:pull-requests}; the key of an item is its number.
   *
   * @param extras the parts to read beyond the list; none costs one request for a hundred pull
   *     requests
   * @return the source; thread-safe
   * @see <a href="https://docs.github.com/en/rest/pulls/pulls#list-pull-requests">GitHub: list pull
   *     requests</a>
   */
  public PullSource<PullRequest> pullRequests(PullRequestExtra... extras) {
    return pullRequests(Set.of(extras), GitHubTransport.AUTO);
  }

  /**
   * Returns a source of pull requests, as {@link #pullRequests(PullRequestExtra...)} does.
   *
   * @param extras the parts to read beyond the list; may be empty
   * @return the source; thread-safe
   */
  public PullSource<PullRequest> pullRequests(Set<PullRequestExtra> extras) {
    return pullRequests(extras, GitHubTransport.AUTO);
  }

  /**
   * Returns a source of pull requests that are read by a chosen transport.
   *
   * @param extras the parts to read beyond the list; may be empty
   * @param transport the transport
   * @return the source; thread-safe
   * @throws InvalidConfigurationException if it is {@link GitHubTransport#GRAPHQL} and there is no
   *     token
   */
  public PullSource<PullRequest> pullRequests(
      Set<PullRequestExtra> extras, GitHubTransport transport) {
    return GitHubSources.pullRequests(this, extras, transport);
  }

  /**
   * Returns a source of the comments on lines of pull requests, of a whole repository. Its name is
   * {@code github:review-comments}; the key of an item is its id.
   *
   * @return the source of {@link GitHubStream#REVIEW_COMMENTS}; thread-safe
   */
  public PullSource<ReviewComment> reviewComments() {
    return stream(GitHubStream.REVIEW_COMMENTS);
  }

  /**
   * Returns a source of the comments in conversations of issues and pull requests, of a whole
   * repository. Its name is {@code github:issue-comments}; the key of an item is its id.
   *
   * @return the source of {@link GitHubStream#ISSUE_COMMENTS}; thread-safe
   */
  public PullSource<IssueComment> issueComments() {
    return stream(GitHubStream.ISSUE_COMMENTS);
  }

  /**
   * Returns a source of a stream, which is read by REST. Its name is {@code github:} and the
   * stream's name.
   *
   * @param stream the stream
   * @param <T> the type of its items
   * @return the source; thread-safe
   */
  public <T> PullSource<T> stream(GitHubStream<T> stream) {
    return GitHubSources.of(this, stream);
  }

  SharedResources sharedResources() {
    return shared;
  }

  /**
   * Cancels requests under way and frees threads and connections. Does not wait; closing twice does
   * nothing.
   */
  @Override
  public void close() {
    connection.close();
    executor.shutdownNow();
  }

  /**
   * Returns the API's address and whether there is a token; never the token.
   *
   * @return a text for logs
   */
  @Override
  public String toString() {
    return "GitHub[" + connection + "]";
  }

  /**
   * A builder of a connection. Every value is checked when it is set; {@link #build()} checks
   * combinations. Not thread-safe.
   */
  public static final class Builder {

    private static final int MAX_AT_ONCE = 100;

    private ApiAddress address = ApiAddress.of(DEFAULT_API_URL);
    private @Nullable String token;
    private List<String> tokens = List.of();
    private @Nullable GitHubApp app;
    private TimeSource timeSource = TimeSource.system();
    private RandomGenerator random = new Random();
    private GitHubTimeouts timeouts = GitHubTimeouts.DEFAULT;
    private int detailConcurrency = DEFAULT_DETAIL_CONCURRENCY;
    private int pagesAhead = DEFAULT_PAGES_AHEAD;
    private long maxBytesAhead = DEFAULT_MAX_BYTES_AHEAD;
    private @Nullable Integer maxConcurrency;
    private int graphQlConcurrency = DEFAULT_GRAPHQL_CONCURRENCY;
    private @Nullable ThrottleLimits points;
    private Map<String, String> proxyVariables = System.getenv();
    private @Nullable Authorities authorities;
    private @Nullable SharedLimits sharedLimits;
    private @Nullable ClientMachine machine;

    private Builder() {}

    /**
     * Sets the address of the API.
     *
     * @param url an http or https address, such as {@code https://github.example.com/api/v3} for an
     *     Enterprise Server; default {@link #DEFAULT_API_URL}
     * @return this
     * @throws InvalidConfigurationException if it is not such an address
     */
    public Builder apiUrl(URI url) {
      address = ApiAddress.of(url);
      return this;
    }

    /**
     * Sets the token.
     *
     * @param token a personal, installation or workflow token; null or blank for none, which leaves
     *     60 requests an hour and public repositories
     * @return this
     * @throws InvalidConfigurationException if it has a character that no token has
     * @see <a
     *     href="https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api">GitHub:
     *     authenticating</a>
     */
    public Builder token(@Nullable String token) {
      this.token = Credentials.checked(token);
      return this;
    }

    /**
     * Sets further tokens beside {@link #token}. Each must have access to every repository that is
     * read.
     *
     * <p>A request is sent with the token that has most quota left. If that one is limited or
     * refused, the request is sent with another one.
     *
     * <p>Only tokens of different users add quota. Tokens of one user are found by {@code GET
     * /user} before the first request; they count once, and a warning is logged.
     *
     * @param values tokens, without null; blank ones and duplicates are ignored; an empty list for
     *     none
     * @return this
     * @throws InvalidConfigurationException if one has a character that no token has
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-authenticated-users">GitHub:
     *     whose quota it is</a>
     */
    public Builder tokens(List<String> values) {
      tokens =
          values.stream()
              .map(Credentials::checked)
              .filter(Objects::nonNull)
              .map(Objects::requireNonNull)
              .toList();
      return this;
    }

    /**
     * Sets a GitHub App as a credential, beside the tokens if there are any.
     *
     * @param value the App, or null for none
     * @return this
     */
    public Builder app(@Nullable GitHubApp value) {
      app = value;
      return this;
    }

    /**
     * Sets the clock by which limits end. Time-outs of the network always use real time.
     *
     * @param source default {@link TimeSource#system()}
     * @return this
     */
    public Builder timeSource(TimeSource source) {
      timeSource = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Sets the store for sharing limits with other clients, in this process or others. After one of
     * them is limited, those of the same principal send nothing either until the limit ends.
     *
     * <p>The store contains a hash as a principal's key, from which no token can be computed.
     * Limits of a client without a token are not shared. If the store fails or takes longer than 2
     * seconds, this is logged and has no other effect.
     *
     * @param store such as the one of a {@code JdbcStore}; null for none, which is the default
     * @return this
     */
    public Builder sharedLimits(@Nullable SharedLimits store) {
      sharedLimits = store;
      return this;
    }

    /**
     * Sets the source of randomness, which spreads waits whose length GitHub did not give.
     *
     * @param generator thread-safe; default a {@link Random} of its own
     * @return this
     */
    public Builder random(RandomGenerator generator) {
      random = Objects.requireNonNull(generator, "generator");
      return this;
    }

    /**
     * Sets the time-outs of a request.
     *
     * @param values default {@link GitHubTimeouts#DEFAULT}
     * @return this
     */
    public Builder timeouts(GitHubTimeouts values) {
      timeouts = Objects.requireNonNull(values, "values");
      return this;
    }

    /**
     * Sets the max number of items that are enriched at once, over all sessions of the client. It
     * starts with 4 at most. While all succeed, it grows slowly, unless the quota would be spent
     * too early. It is halved when GitHub fails or asks to slow down.
     *
     * @param items from 1 to 100, GitHub's max; default {@value #DEFAULT_DETAIL_CONCURRENCY}
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     secondary rate limits</a>
     */
    public Builder detailConcurrency(int items) {
      detailConcurrency = checked("The detail concurrency", items);
      return this;
    }

    /**
     * Sets the number of pages of a list that each session fetches ahead. They are delivered in
     * order, and only pages that GitHub offers are requested. If GitHub's links do not number the
     * pages, as with GraphQL, it is one at a time.
     *
     * <p>More than one page is as many requests at once. GitHub asks to send requests one after the
     * other, so this is for hosts that may do otherwise, such as with an Enterprise Server of their
     * own.
     *
     * @param pages from 1 to 100; default {@value #DEFAULT_PAGES_AHEAD}
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#avoid-concurrent-requests">GitHub:
     *     avoid concurrent requests</a>
     */
    public Builder pagesAhead(int pages) {
      pagesAhead = checked("The number of pages ahead", pages);
      return this;
    }

    /**
     * Sets the max size of pages that each session holds ahead. A page is not requested if one as
     * large as the last would exceed it.
     *
     * @param bytes bytes of unpacked text, 0 or more; 0 fetches nothing ahead; default {@value
     *     #DEFAULT_MAX_BYTES_AHEAD}
     * @return this
     * @throws InvalidConfigurationException if it is less than 0
     */
    public Builder maxBytesAhead(long bytes) {
      if (bytes < 0) {
        throw new InvalidConfigurationException(
            "The bytes ahead are " + bytes + "; they must be 0 or more.");
      }
      maxBytesAhead = bytes;
      return this;
    }

    /**
     * Sets the max number of requests of one principal at once, REST and GraphQL together. Another
     * one waits for a free place, interruptibly. The number is halved after a secondary limit, and
     * grows by one after each minute without one.
     *
     * @param requests from 1 to 100, GitHub's max; default the {@linkplain #detailConcurrency
     *     detail concurrency}, the {@linkplain #pagesAhead pages ahead} and 1 for a query
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     secondary rate limits</a>
     */
    public Builder maxConcurrency(int requests) {
      maxConcurrency = checked("The concurrency", requests);
      return this;
    }

    /**
     * Sets the max number of GraphQL queries of one principal at once. GitHub allows 60 seconds of
     * its work on queries in a minute: one at a time never takes more.
     *
     * @param queries from 1 to 100; default {@value #DEFAULT_GRAPHQL_CONCURRENCY}
     * @return this
     * @throws InvalidConfigurationException if it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#secondary-rate-limits">GitHub:
     *     secondary rate limits of GraphQL</a>
     */
    public Builder graphQlConcurrency(int queries) {
      graphQlConcurrency = checked("The GraphQL concurrency", queries);
      return this;
    }

    /**
     * Sets the max points of one principal in any minute: a GET and a query cost 1. A request that
     * would exceed it is not sent. It fails with a {@link
     * dev.backfill.api.failure.RateLimitedException}, whose end is less than a minute away.
     *
     * @param rest points of REST requests, 1 or more; default {@value #DEFAULT_REST_POINTS}, or any
     *     number if the API is on this machine, such as a simulation
     * @param graphQl points of queries, 1 or more; default {@value #DEFAULT_GRAPHQL_POINTS}, or any
     *     number likewise
     * @return this
     * @throws InvalidConfigurationException if one is less than 1
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     points a minute</a>
     */
    public Builder pointsPerMinute(int rest, int graphQl) {
      if (rest < 1 || graphQl < 1) {
        throw new InvalidConfigurationException(
            "The points a minute are " + rest + " and " + graphQl + "; both must be 1 or more.");
      }
      points = new ThrottleLimits(1, 1, rest, graphQl);
      return this;
    }

    /**
     * Sets the variables of the proxy, each also in upper case:
     *
     * <ul>
     *   <li>{@code https_proxy} or {@code http_proxy} by the API's scheme, {@code all_proxy} for
     *       both: {@code http://user:password@host:port}, user and password percent-encoded
     *   <li>{@code no_proxy}: hosts without a proxy
     * </ul>
     *
     * <p>The JVM's properties ({@code https.proxyHost}, {@code http.nonProxyHosts} and so on, with
     * {@code https.proxyUser} and {@code https.proxyPassword}), and a {@link
     * java.net.ProxySelector} that the host has installed, take precedence over all of them.
     *
     * <p>For a password and an https API, {@code jdk.http.auth.tunneling.disabledSchemes} must not
     * contain {@code Basic} when the first {@link java.net.http.HttpClient} of the JVM is built.
     * The client ensures that if the property is not set and no other client was built before.
     *
     * @param variables names with values; an empty map for no proxy but the JVM's; default {@link
     *     System#getenv()}
     * @return this
     */
    public Builder proxyEnvironment(Map<String, String> variables) {
      proxyVariables = Map.copyOf(variables);
      return this;
    }

    /**
     * Adds certificate authorities to those of the JVM, such as a company's own.
     *
     * @param pem a file with one or more certificates as PEM, read now; null for none, the default
     * @return this
     * @throws InvalidConfigurationException if it cannot be read or contains no certificate
     */
    public Builder caFile(@Nullable Path pem) {
      authorities = pem == null ? null : Authorities.read(pem);
      return this;
    }

    /** Replaces the threads, the sockets and the page sizes. */
    Builder machine(ClientMachine value) {
      machine = value;
      return this;
    }

    private static int checked(String name, int value) {
      if (value < 1 || value > MAX_AT_ONCE) {
        throw new InvalidConfigurationException(
            name
                + " is "
                + value
                + "; it must be from 1 to "
                + MAX_AT_ONCE
                + ", GitHub's max of requests at once.");
      }
      return value;
    }

    private Credentials credentials() {
      List<String> all = new ArrayList<>();
      if (token != null) {
        all.add(token);
      }
      all.addAll(tokens);
      return Credentials.of(all, app == null ? null : app.identity());
    }

    private ThrottleLimits throttleLimits() {
      int max =
          maxConcurrency != null
              ? maxConcurrency
              : Math.min(MAX_AT_ONCE, detailConcurrency + pagesAhead + 1);
      ThrottleLimits normal =
          address.isOnThisMachine()
              ? new ThrottleLimits(1, 1, ThrottleLimits.UNLIMITED, ThrottleLimits.UNLIMITED)
              : new ThrottleLimits(1, 1, DEFAULT_REST_POINTS, DEFAULT_GRAPHQL_POINTS);
      ThrottleLimits chosen = points != null ? points : normal;
      return new ThrottleLimits(
          max, graphQlConcurrency, chosen.restPoints(), chosen.graphQlPoints());
    }

    /**
     * Builds the connection. Sends no request yet.
     *
     * @return the connection; the caller closes it
     * @throws InvalidConfigurationException if a token would be sent over plain http to another
     *     machine, or the environment contains a proxy that cannot be used
     */
    public GitHub build() {
      if (credentials().isPresent() && address.isReadableByOthers()) {
        throw new InvalidConfigurationException(
            "The API address is \""
                + address
                + "\"; over plain http, others could read the token. Nothing was sent. Use https,"
                + " or set no token.");
      }
      return new GitHub(this);
    }
  }
}
