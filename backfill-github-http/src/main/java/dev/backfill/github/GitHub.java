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
 * A connection to GitHub on behalf of one principal or several, shared by all sources and sessions
 * that read with it: GitHub counts requests by principal and resource, and so one client keeps one
 * account of each. When one request is limited, no other of that principal leaves for that resource
 * before the time that GitHub gave; with several credentials the same request goes out with another
 * one, and only when none is left it fails with the first time at which one may be used again.
 *
 * <p>The quota of several principals is the sum of what those that can be used have said, and a
 * reserve is kept of that sum. It ends with the first window in which something was used.
 *
 * <p>Safe for any number of threads. {@link #close()} it after the sessions.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub:
 *     rate limits</a>
 */
public final class GitHub implements AutoCloseable {

  /** The API of github.com. */
  public static final URI DEFAULT_API_URL = URI.create("https://api.github.com");

  /** How many items are completed with further requests at once, at most: 4. */
  public static final int DEFAULT_DETAIL_CONCURRENCY = 4;

  /** How many pages of a list are fetched ahead: 1. */
  public static final int DEFAULT_PAGES_AHEAD = 1;

  /** How many bytes of pages a session holds ahead: 16 MiB. */
  public static final long DEFAULT_MAX_BYTES_AHEAD = 16L << 20;

  /** How many GraphQL queries are under way at once for one principal: 1. */
  public static final int DEFAULT_GRAPHQL_CONCURRENCY = 1;

  /** How many points of REST requests GitHub allows in a minute: 900. */
  public static final int DEFAULT_REST_POINTS = 900;

  /** How many points of GraphQL queries GitHub allows in a minute: 2,000. */
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
   * Begins to describe a client.
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
   * @return the source; safe for any number of threads
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
   * @return the source; safe for any number of threads
   */
  public PullSource<PullRequest> pullRequests(Set<PullRequestExtra> extras) {
    return pullRequests(extras, GitHubTransport.AUTO);
  }

  /**
   * Returns a source of pull requests that are read by a chosen transport.
   *
   * @param extras the parts to read beyond the list; may be empty
   * @param transport the transport
   * @return the source; safe for any number of threads
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
   * @return the source; safe for any number of threads
   * @see <a
   *     href="https://docs.github.com/en/rest/pulls/comments#list-review-comments-in-a-repository">GitHub:
   *     list review comments</a>
   */
  public PullSource<ReviewComment> reviewComments() {
    return GitHubSources.reviewComments(this);
  }

  /**
   * Returns a source of the comments in conversations of issues and pull requests, of a whole
   * repository. Its name is {@code github:issue-comments}; the key of an item is its id.
   *
   * @return the source; safe for any number of threads
   * @see <a
   *     href="https://docs.github.com/en/rest/issues/comments#list-issue-comments-for-a-repository">GitHub:
   *     list issue comments</a>
   */
  public PullSource<IssueComment> issueComments() {
    return GitHubSources.issueComments(this);
  }

  SharedResources sharedResources() {
    return shared;
  }

  /**
   * Ends what is under way and frees threads and connections. Does not wait for anything; closing
   * twice does nothing.
   */
  @Override
  public void close() {
    connection.close();
    executor.shutdownNow();
  }

  /**
   * Where it connects to, and whether it has a token; never the token.
   *
   * @return a text for logs
   */
  @Override
  public String toString() {
    return "GitHub[" + connection + "]";
  }

  /**
   * Describes a client. Every value is checked when it is given, except what two of them forbid
   * together, which {@link #build()} checks. Not safe for several threads.
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
     * Where the API is.
     *
     * @param url an http or https address, such as {@code https://github.example.com/api/v3} for an
     *     Enterprise Server; default {@link #DEFAULT_API_URL}
     * @return this
     * @throws InvalidConfigurationException when it is no such address
     */
    public Builder apiUrl(URI url) {
      address = ApiAddress.of(url);
      return this;
    }

    /**
     * On whose behalf to ask.
     *
     * @param token a personal, installation or workflow token; null or blank for none, which leaves
     *     60 requests an hour and public repositories
     * @return this
     * @throws InvalidConfigurationException when it has a character that no token has
     * @see <a
     *     href="https://docs.github.com/en/rest/authentication/authenticating-to-the-rest-api">GitHub:
     *     authenticating</a>
     */
    public Builder token(@Nullable String token) {
      this.token = Credentials.checked(token);
      return this;
    }

    /**
     * On whose behalf to ask beside {@link #token}: a request goes out with the token that has the
     * most left, and when one is limited or refused, with another one. Only tokens of different
     * users add quota; those of one user are found out by {@code GET /user} before the first
     * request, count once, and a warning says so. Each must be able to read every repository that
     * is read.
     *
     * @param values tokens, without null; blank ones and those that are there twice are left out;
     *     none for an empty list
     * @return this
     * @throws InvalidConfigurationException when one has a character that no token has
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
     * A GitHub App to ask on behalf of, beside the tokens if there are any.
     *
     * @param value the App, or null for none
     * @return this
     */
    public Builder app(@Nullable GitHubApp value) {
      app = value;
      return this;
    }

    /**
     * The clock by which limits end. Time-outs of the network are real time, whatever this says.
     *
     * @param source default {@link TimeSource#system()}
     * @return this
     */
    public Builder timeSource(TimeSource source) {
      timeSource = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Where limits are shared with clients in other processes, or other clients of this one: when
     * one of them is limited, the others of the same principal send nothing either until the limit
     * is over. A principal's key there is a hash, from which no token can be worked out. Limits of
     * a client without a token are not shared. A store that fails or takes longer than 2 seconds
     * changes nothing but a line in the log.
     *
     * @param store such as the one of a {@code JdbcStore}; null for none, which is the default
     * @return this
     */
    public Builder sharedLimits(@Nullable SharedLimits store) {
      sharedLimits = store;
      return this;
    }

    /**
     * What spreads waits that GitHub gave no length for.
     *
     * @param generator safe for any number of threads; default a {@link Random} of its own
     * @return this
     */
    public Builder random(RandomGenerator generator) {
      random = Objects.requireNonNull(generator, "generator");
      return this;
    }

    /**
     * How long a request may take.
     *
     * @param values default {@link GitHubTimeouts#DEFAULT}
     * @return this
     */
    public Builder timeouts(GitHubTimeouts values) {
      timeouts = Objects.requireNonNull(values, "values");
      return this;
    }

    /**
     * How many items are completed with further requests at once, at most, over all sessions of the
     * client. It begins with 4 at most; while all succeed it is slowly one more, unless the quota
     * would not last longer for it; when GitHub fails or asks to slow down it is half as many.
     *
     * @param items from 1 to 100, which is the most that GitHub allows; default {@value
     *     #DEFAULT_DETAIL_CONCURRENCY}
     * @return this
     * @throws InvalidConfigurationException when it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     secondary rate limits</a>
     */
    public Builder detailConcurrency(int items) {
      detailConcurrency = checked("the detail concurrency", items);
      return this;
    }

    /**
     * How many pages of a list each session fetches ahead. They are delivered in order, and none is
     * asked for that GitHub does not offer: more than one at once where its links number the pages,
     * and one where they do not, as with GraphQL. More than one is as many requests at once; GitHub
     * asks to make requests one after the other, so this is for hosts that may do otherwise, such
     * as with an Enterprise Server of their own.
     *
     * @param pages from 1 to 100; default {@value #DEFAULT_PAGES_AHEAD}
     * @return this
     * @throws InvalidConfigurationException when it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#avoid-concurrent-requests">GitHub:
     *     avoid concurrent requests</a>
     */
    public Builder pagesAhead(int pages) {
      pagesAhead = checked("the number of pages ahead", pages);
      return this;
    }

    /**
     * How many bytes of pages each session holds ahead. A page is not begun when one as large as
     * the last would pass it.
     *
     * @param bytes bytes of text as it is unpacked, 0 or more; 0 fetches nothing ahead; default
     *     {@value #DEFAULT_MAX_BYTES_AHEAD}
     * @return this
     * @throws InvalidConfigurationException when it is less than 0
     */
    public Builder maxBytesAhead(long bytes) {
      if (bytes < 0) {
        throw new InvalidConfigurationException(
            "the bytes ahead are " + bytes + "; they must be 0 or more");
      }
      maxBytesAhead = bytes;
      return this;
    }

    /**
     * How many requests are under way at once for one principal, REST and GraphQL together; another
     * one waits for its turn, interruptibly. After a secondary limit it is half as many, and one
     * more after each minute without one.
     *
     * @param requests from 1 to 100, which is the most that GitHub allows; default the {@linkplain
     *     #detailConcurrency detail concurrency}, the {@linkplain #pagesAhead pages ahead} and 1
     *     for a query
     * @return this
     * @throws InvalidConfigurationException when it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     secondary rate limits</a>
     */
    public Builder maxConcurrency(int requests) {
      maxConcurrency = checked("the concurrency", requests);
      return this;
    }

    /**
     * How many GraphQL queries are under way at once for one principal. GitHub allows 60 seconds of
     * its work on queries in a minute: one at a time never takes more.
     *
     * @param queries from 1 to 100; default {@value #DEFAULT_GRAPHQL_CONCURRENCY}
     * @return this
     * @throws InvalidConfigurationException when it is out of its range
     * @see <a
     *     href="https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api#secondary-rate-limits">GitHub:
     *     secondary rate limits of GraphQL</a>
     */
    public Builder graphQlConcurrency(int queries) {
      graphQlConcurrency = checked("the GraphQL concurrency", queries);
      return this;
    }

    /**
     * How many points one principal uses in any minute: a GET and a query cost 1. A request that
     * would take more fails with a {@link dev.backfill.api.failure.RateLimitedException} until
     * there is room again, which is less than a minute; nothing is sent.
     *
     * @param rest points of REST requests, 1 or more; default {@value #DEFAULT_REST_POINTS}, or any
     *     number when the API is on this machine, as a simulation is
     * @param graphQl points of queries, 1 or more; default {@value #DEFAULT_GRAPHQL_POINTS}, or any
     *     number likewise
     * @return this
     * @throws InvalidConfigurationException when one is less than 1
     * @see <a
     *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits">GitHub:
     *     points a minute</a>
     */
    public Builder pointsPerMinute(int rest, int graphQl) {
      if (rest < 1 || graphQl < 1) {
        throw new InvalidConfigurationException(
            "the points a minute are " + rest + " and " + graphQl + "; both must be 1 or more");
      }
      points = new ThrottleLimits(1, 1, rest, graphQl);
      return this;
    }

    /**
     * The variables that name the proxy: {@code https_proxy} or {@code http_proxy} by the API's
     * scheme, {@code all_proxy} for both, {@code no_proxy} for hosts without one, each also in
     * upper case. An address is {@code http://user:password@host:port}, user and password
     * percent-encoded. The JVM's properties ({@code https.proxyHost}, {@code http.nonProxyHosts}
     * and so on, with {@code https.proxyUser} and {@code https.proxyPassword}), and a {@link
     * java.net.ProxySelector} that the host has installed, win over all of them.
     *
     * <p>For a password and an https API, {@code jdk.http.auth.tunneling.disabledSchemes} must not
     * contain {@code Basic} when the first {@link java.net.http.HttpClient} of the JVM is built.
     * The client sees to that if the property is not set and no other client was built before.
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
     * Certificate authorities to trust beside those of the JVM, such as a company's own.
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
                + ", the most requests at once that GitHub allows");
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
     * Makes the client. Sends nothing yet.
     *
     * @return the client; the caller closes it
     * @throws InvalidConfigurationException when a token would go over plain http to another
     *     machine, or the environment names a proxy that cannot be used
     */
    public GitHub build() {
      if (credentials().isPresent() && address.isReadableByOthers()) {
        throw new InvalidConfigurationException(
            "the API address is \""
                + address
                + "\", and over plain http everybody on the way could read the token; use https,"
                + " or give no token");
      }
      return new GitHub(this);
    }
  }
}
