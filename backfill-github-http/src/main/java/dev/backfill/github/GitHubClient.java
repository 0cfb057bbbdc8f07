package dev.backfill.github;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.http.ApiAddress;
import dev.backfill.github.internal.http.Credentials;
import dev.backfill.github.internal.http.Deadlines;
import dev.backfill.github.internal.http.GitHubApi;
import dev.backfill.github.internal.http.GitHubConnection;
import dev.backfill.github.internal.pull.RepositoryDirectory;
import dev.backfill.github.internal.pull.Workplace;
import java.net.URI;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A connection to GitHub on behalf of one principal, shared by all sources and sessions that read
 * with its token: GitHub counts requests by principal, and so one client keeps one account of them.
 * When one request is limited, no other leaves before the time that GitHub gave.
 *
 * <p>Safe for any number of threads. {@link #close()} it after the sessions.
 *
 * @see <a
 *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api">GitHub:
 *     rate limits</a>
 */
public final class GitHubClient implements AutoCloseable {

  /** The API of github.com. */
  public static final URI DEFAULT_API_URL = URI.create("https://api.github.com");

  /** How many items are completed with further requests at once: 4. */
  public static final int DEFAULT_DETAIL_CONCURRENCY = 4;

  private final GitHubConnection connection;
  private final ExecutorService executor;
  private final Workplace workplace;

  private GitHubClient(Builder builder) {
    GitHubTimeouts timeouts = builder.timeouts;
    this.executor = Executors.newCachedThreadPool(GitHubClient::daemon);
    this.connection =
        GitHubConnection.open(
            builder.address,
            builder.credentials,
            new Deadlines(timeouts.connect(), timeouts.read(), timeouts.total()),
            executor,
            builder.timeSource,
            builder.random);
    GitHubApi api = connection.api();
    this.workplace =
        new Workplace(
            api,
            new RepositoryDirectory(api, builder.timeSource),
            executor,
            new Semaphore(builder.detailConcurrency),
            builder.detailConcurrency);
  }

  /**
   * Begins to describe a client.
   *
   * @return a builder with every default
   */
  public static Builder builder() {
    return new Builder();
  }

  Workplace workplace() {
    return workplace;
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
    return "GitHubClient[" + connection + "]";
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "backfill-github-" + THREADS.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  private static final AtomicInteger THREADS = new AtomicInteger();

  /**
   * Describes a client. Every value is checked when it is given, except what two of them forbid
   * together, which {@link #build()} checks. Not safe for several threads.
   */
  public static final class Builder {

    private static final int MOST_AT_ONCE = 100;

    private ApiAddress address = ApiAddress.of(DEFAULT_API_URL);
    private Credentials credentials = Credentials.of(null);
    private TimeSource timeSource = TimeSource.system();
    private RandomGenerator random = RandomGenerator.getDefault();
    private GitHubTimeouts timeouts = GitHubTimeouts.DEFAULT;
    private int detailConcurrency = DEFAULT_DETAIL_CONCURRENCY;

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
      credentials = Credentials.of(token);
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
     * What spreads waits that GitHub gave no length for.
     *
     * @param generator used by one thread at a time; default {@link RandomGenerator#getDefault()}
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
     * How many items are completed with further requests at once, over all sessions of the client.
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
      if (items < 1 || items > MOST_AT_ONCE) {
        throw new InvalidConfigurationException(
            "the detail concurrency is "
                + items
                + "; it must be from 1 to "
                + MOST_AT_ONCE
                + ", the most requests at once that GitHub allows");
      }
      detailConcurrency = items;
      return this;
    }

    /**
     * Makes the client. Sends nothing yet.
     *
     * @return the client; the caller closes it
     * @throws InvalidConfigurationException when a token would go over plain http to another
     *     machine
     */
    public GitHubClient build() {
      if (credentials.isPresent() && address.isReadableByOthers()) {
        throw new InvalidConfigurationException(
            "the API address is \""
                + address
                + "\", and over plain http everybody on the way could read the token; use https,"
                + " or give no token");
      }
      return new GitHubClient(this);
    }
  }
}
