package dev.backfill.supabase;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.supabase.internal.history.TableSink;
import dev.backfill.supabase.internal.http.ApiKey;
import dev.backfill.supabase.internal.http.HttpTransport;
import dev.backfill.supabase.internal.http.ProjectAddress;
import dev.backfill.supabase.internal.http.RpcClient;
import dev.backfill.supabase.internal.http.Timeouts;
import dev.backfill.supabase.internal.jobs.SupabaseJobStore;
import dev.backfill.supabase.internal.progress.SupabaseProgressStore;
import dev.backfill.supabase.internal.quota.SupabaseSharedLimits;
import dev.backfill.supabase.internal.report.SupabaseFailureLog;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Progress, leases and history in a Supabase project, over its REST API. Each call is one request
 * and one transaction in the database.
 *
 * <p>The project needs the tables and functions that {@code backfill schema --supabase} prints. A
 * key of the service role is necessary. It is in no message, and is sent to the project only.
 *
 * <p>Safe for any number of threads and processes.
 */
public final class SupabaseStore implements BackfillStore, AutoCloseable {

  private final RpcClient client;
  private final ProgressStore progress;
  private final JobStore jobs;
  private final FailureLog failures;
  private final SharedLimits limits;
  private final Map<Class<?>, Sink<?>> sinks = new HashMap<>();

  private SupabaseStore(RpcClient client) {
    this.client = client;
    this.progress = new SupabaseProgressStore(client);
    this.jobs = new SupabaseJobStore(client);
    this.failures = new SupabaseFailureLog(client);
    this.limits = new SupabaseSharedLimits(client);
    HistoryTables.ALL.forEach(table -> sinks.put(table.itemType(), new TableSink<>(table)));
  }

  /**
   * Opens the store of a project, with the default names of tables and functions. Sends nothing.
   *
   * @param url the project's URL, such as {@code https://PROJECT-REF.supabase.co}
   * @param key a secret key ({@code sb_secret_...}) or the {@code service_role} key
   * @return the store
   * @throws InvalidConfigurationException if one of them is not usable
   */
  public static SupabaseStore open(String url, String key) {
    return builder(url, key).open();
  }

  /**
   * Begins to configure a store.
   *
   * @param url the project's URL, such as {@code https://PROJECT-REF.supabase.co}
   * @param key a secret key ({@code sb_secret_...}) or the {@code service_role} key
   * @return a builder
   */
  public static Builder builder(String url, String key) {
    return new Builder(url, key);
  }

  /**
   * Returns the store of progress and leases. It takes the sinks of this store, and those of {@link
   * SupabaseSink}; any other is refused, since it cannot join the transaction of a call.
   *
   * @return always the same
   */
  @Override
  public ProgressStore progress() {
    return progress;
  }

  /**
   * Returns the store of jobs, for a manager.
   *
   * @return always the same
   */
  @Override
  public JobStore jobs() {
    return jobs;
  }

  /**
   * Returns the log of reported failures, for a failure reporter.
   *
   * @return always the same
   */
  @Override
  public FailureLog failures() {
    return failures;
  }

  /**
   * Returns the limits that clients in several processes share, by the database's clock.
   *
   * @return always the same
   */
  @Override
  public SharedLimits limits() {
    return limits;
  }

  /** Returns the sink for a type of the history model, such as {@code PullRequest.class}. */
  @Override
  @SuppressWarnings("unchecked") // Each sink is listed under the type of its own items.
  public <T> Optional<Sink<T>> sink(Class<T> itemType) {
    return Optional.ofNullable((Sink<T>) sinks.get(itemType));
  }

  /** Ends running calls and releases the connections. */
  @Override
  public void close() {
    client.close();
  }

  /** Settings of a store. Not safe for several threads at once. */
  public static final class Builder {

    private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

    private final String url;
    private final String key;
    private @Nullable String schema;
    private String prefix = "";
    private Timeouts timeouts = Timeouts.DEFAULT;

    private Builder(String url, String key) {
      this.url = Objects.requireNonNull(url, "url");
      this.key = Objects.requireNonNull(key, "key");
    }

    /**
     * Sets the schema of the tables and functions, which the project has to expose.
     *
     * @param name from 1 to 30 lower-case letters, digits and underscores
     * @return this builder
     * @throws InvalidConfigurationException if it is no such name
     */
    public Builder schema(String name) {
      schema = requireName("schema", name);
      return this;
    }

    /**
     * Sets the prefix of the names of tables and functions.
     *
     * @param value from 1 to 30 lower-case letters, digits and underscores
     * @return this builder
     * @throws InvalidConfigurationException if it is no such name
     */
    public Builder tablePrefix(String value) {
      prefix = requireName("table prefix", value);
      return this;
    }

    /**
     * Sets the max times of a call. The defaults are 10 s and 65 s.
     *
     * @param connect until the connection is open; more than zero
     * @param total until the whole answer is here; should be more than the 30 s that a function may
     *     take
     * @return this builder
     * @throws InvalidConfigurationException if one is not more than zero
     */
    public Builder timeouts(Duration connect, Duration total) {
      if (connect.toMillis() <= 0 || total.toMillis() <= 0) {
        throw new InvalidConfigurationException(
            "The time-outs are " + connect + " and " + total + ". Both must be 1 ms or more.");
      }
      timeouts = new Timeouts(connect, total);
      return this;
    }

    /**
     * Opens the store. Sends nothing.
     *
     * @return the store
     * @throws InvalidConfigurationException if the URL or the key is not usable
     */
    public SupabaseStore open() {
      HttpTransport transport =
          new HttpTransport(ProjectAddress.of(url), ApiKey.of(key), schema, timeouts);
      return new SupabaseStore(new RpcClient(transport, prefix));
    }

    private static String requireName(String what, String value) {
      if (!NAME.matcher(value).matches()) {
        throw new InvalidConfigurationException(
            "The "
                + what
                + " is \""
                + value
                + "\". It must begin with a lower-case letter or an underscore, contain only these"
                + " and digits, and have at most 30 characters.");
      }
      return value;
    }
  }
}
