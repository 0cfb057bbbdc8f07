package dev.backfill.spring.boot;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The properties of the auto-configuration. A property that is not set falls back to the
 * environment variable that its description names.
 *
 * @param enabled False to configure nothing: no bean, no thread, no table.
 * @param repositories Repositories to track from the start, as OWNER/NAME. Those that are tracked
 *     already continue.
 * @param include Parts of a repository to fetch beside the list of pull requests: details, reviews,
 *     review-comments, issue-comments, labels, milestones; or all, which is the first four; or
 *     none.
 * @param transport API for pull requests.
 * @param chunkSize Fixed number of items in a chunk, from 1 to 1000. By default 25 to 50, adaptive
 *     (BACKFILL_CHUNK_SIZE).
 * @param retentionDays Days to keep records of past work; 0 keeps them for ever. By default 90
 *     (BACKFILL_RETENTION_DAYS).
 * @param schema Handling of backfill's tables at the start, after Flyway and Liquibase.
 * @param tables names of the tables
 * @param supabase a Supabase project over REST
 * @param manager the manager
 * @param github the connection to GitHub
 * @param metrics meters and observations
 * @param actions jobs on GitHub Actions
 * @param issues failures as issues
 */
@ConfigurationProperties("backfill")
public record BackfillProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue List<String> repositories,
    @DefaultValue("all") List<String> include,
    @DefaultValue("auto") Transport transport,
    @Nullable Integer chunkSize,
    @Nullable Integer retentionDays,
    @DefaultValue("install") Schema schema,
    @DefaultValue Tables tables,
    @DefaultValue Supabase supabase,
    @DefaultValue Manager manager,
    @DefaultValue GitHub github,
    @DefaultValue Metrics metrics,
    @DefaultValue Actions actions,
    @DefaultValue Issues issues) {

  /** Copies the lists. */
  public BackfillProperties {
    repositories = List.copyOf(repositories);
    include = List.copyOf(include);
  }

  /** The handling of backfill's tables at the start. */
  public enum Schema {
    /** Creates missing tables, and upgrades those of an older release. */
    INSTALL,
    /** Refuses to start if tables are missing or of an older release. */
    VALIDATE,
    /** Does nothing. */
    NONE
  }

  /** The API for pull requests. */
  public enum Transport {
    /** GraphQL for details and reviews if there is a token, else REST. */
    AUTO,
    /** REST only. */
    REST,
    /** GraphQL, which needs a token. */
    GRAPHQL
  }

  /** The thread on which due jobs run. */
  public enum Mode {
    /** The manager's own loop, from the start of the application to its end. */
    AUTO,
    /** A thread of the host, which calls the manager. */
    MANUAL
  }

  /**
   * The names of the tables.
   *
   * @param schema Database schema of the tables, created if it is missing. By default the
   *     connection's own.
   * @param prefix Prefix of the names of tables, indexes and views.
   */
  public record Tables(@Nullable String schema, @DefaultValue("") String prefix) {}

  /**
   * A Supabase project over REST, instead of a data source.
   *
   * @param url URL of the project (SUPABASE_URL, if the application has no DataSource).
   * @param serviceRoleKey Secret key of the project (SUPABASE_SERVICE_ROLE_KEY,
   *     SUPABASE_SECRET_KEY).
   */
  public record Supabase(@Nullable String url, @Nullable String serviceRoleKey) {

    /** Returns a text without the key. */
    @Override
    public String toString() {
      return "Supabase[url=%s]".formatted(url);
    }
  }

  /**
   * The manager.
   *
   * @param mode Auto to run due jobs in a loop; manual if the host calls runDue or runFor.
   * @param parallelism Number of slices that run at once, from 1 to 100.
   * @param syncInterval Min interval between syncs of a complete repository; 0s to sync only on
   *     request.
   * @param lease Duration of a lease, from 1s to 24h; other processes wait for it if this one dies.
   * @param shutdownTimeout Max time to finish commits when the application stops. By default two
   *     seconds less than spring.lifecycle.timeout-per-shutdown-phase.
   */
  public record Manager(
      @DefaultValue("auto") Mode mode,
      @DefaultValue("3") int parallelism,
      @DefaultValue("1h") Duration syncInterval,
      @DefaultValue("60s") Duration lease,
      @Nullable Duration shutdownTimeout) {

    /**
     * Checks the values.
     *
     * @throws InvalidConfigurationException if one is out of its range
     */
    public Manager {
      check(
          parallelism >= 1 && parallelism <= 100,
          "parallelism",
          parallelism,
          "a number from 1 to 100");
      check(!syncInterval.isNegative(), "sync-interval", syncInterval, "0s or more");
      check(
          !lease.minusSeconds(1).isNegative() && lease.compareTo(Duration.ofHours(24)) <= 0,
          "lease",
          lease,
          "from 1s to 24h");
      check(
          shutdownTimeout == null || shutdownTimeout.toMillis() > 0,
          "shutdown-timeout",
          shutdownTimeout,
          "1ms or more");
    }

    private static void check(boolean kept, String name, @Nullable Object value, String rule) {
      if (!kept) {
        throw new InvalidConfigurationException(
            "backfill.manager.%s is %s; it must be %s. Nothing was started."
                .formatted(name, value, rule));
      }
    }
  }

  /**
   * The connection to GitHub.
   *
   * @param enabled False to create no client, for a host with sources of its own.
   * @param token Token; without one GitHub allows 60 requests an hour (GITHUB_TOKEN).
   * @param tokens More tokens, whose quotas add up if they are of different users (GITHUB_TOKENS).
   * @param appId Client id or number of a GitHub App (GITHUB_APP_ID).
   * @param appPrivateKey Private key of the App as PEM (GITHUB_APP_PRIVATE_KEY).
   * @param appPrivateKeyFile File with the private key of the App (GITHUB_APP_PRIVATE_KEY_FILE).
   * @param appInstallationId Installation of the App, required if it has several
   *     (GITHUB_APP_INSTALLATION_ID).
   * @param apiUrl Base address of the API, such as https://HOST/api/v3 (GITHUB_API_URL). By default
   *     https://api.github.com.
   * @param caFile PEM file with certificate authorities to trust beside those of the JVM
   *     (BACKFILL_CA_FILE).
   */
  public record GitHub(
      @DefaultValue("true") boolean enabled,
      @Nullable String token,
      @DefaultValue List<String> tokens,
      @Nullable String appId,
      @Nullable String appPrivateKey,
      @Nullable String appPrivateKeyFile,
      @Nullable Long appInstallationId,
      @Nullable String apiUrl,
      @Nullable String caFile) {

    /** Copies the list. */
    public GitHub {
      tokens = List.copyOf(tokens);
    }

    /** Returns a text without secrets. */
    @Override
    public String toString() {
      return "GitHub[enabled=%s, appId=%s, apiUrl=%s, caFile=%s]"
          .formatted(enabled, appId, apiUrl, caFile);
    }
  }

  /**
   * Meters and observations.
   *
   * @param enabled False to add no meters and observations to the registries of the application.
   * @param repositoryTag True to give meters the repository as a tag; for tens of repositories.
   */
  public record Metrics(
      @DefaultValue("true") boolean enabled, @DefaultValue("false") boolean repositoryTag) {}

  /**
   * Jobs on GitHub Actions.
   *
   * @param repository Repository whose workflow runs jobs, as OWNER/NAME
   *     (BACKFILL_ACTIONS_REPOSITORY). By default all jobs run here.
   * @param workflow File of the workflow (BACKFILL_ACTIONS_WORKFLOW). By default
   *     progressive-backfill.yml.
   * @param ref Branch or tag on which the workflow runs (BACKFILL_ACTIONS_REF). By default main.
   * @param share Share of the repositories that runs there, in percent (BACKFILL_ACTIONS_SHARE). By
   *     default 25.
   */
  public record Actions(
      @Nullable String repository,
      @Nullable String workflow,
      @Nullable String ref,
      @Nullable Double share) {}

  /**
   * Failures as issues.
   *
   * @param repository Repository in which failures become issues, as OWNER/NAME
   *     (BACKFILL_ISSUE_REPOSITORY). By default they are logged.
   */
  public record Issues(@Nullable String repository) {}
}
