package dev.backfill.core.config;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings.Setting.Origin;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.routing.JobRouter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The library's configuration, from environment variables and from code; code wins. Every value is
 * checked, and holds its origin.
 *
 * @param enabled {@value #ENABLED}: false to run no backfills; true unless set
 * @param chunkSize {@value #CHUNK_SIZE}: items in a chunk, from 1 to 1000, instead of the policy's
 *     rule; null unless set
 * @param github the connection to GitHub
 * @param database the connection to the database
 * @param orchestration the destinations of jobs and of failure reports
 */
public record BackfillSettings(
    Setting<Boolean> enabled,
    Setting<@Nullable Integer> chunkSize,
    GitHub github,
    Database database,
    Orchestration orchestration) {

  /** The variable that switches backfilling on and off. */
  public static final String ENABLED = "ENABLE_PROGRESSIVE_BACKFILL";

  /** The variable that fixes the chunk size. */
  public static final String CHUNK_SIZE = "BACKFILL_CHUNK_SIZE";

  /** The variable for the token for GitHub. */
  public static final String TOKEN = "GITHUB_TOKEN";

  /** The variable for more tokens for GitHub. */
  public static final String TOKENS = "GITHUB_TOKENS";

  /** The variable for the id of a GitHub App. */
  public static final String APP_ID = "GITHUB_APP_ID";

  /** The variable for the private key of a GitHub App. */
  public static final String APP_PRIVATE_KEY = "GITHUB_APP_PRIVATE_KEY";

  /** The variable for the path of a GitHub App's private key. */
  public static final String APP_PRIVATE_KEY_FILE = "GITHUB_APP_PRIVATE_KEY_FILE";

  /** The variable for the installation of a GitHub App. */
  public static final String APP_INSTALLATION_ID = "GITHUB_APP_INSTALLATION_ID";

  /** The variable for the base address of GitHub's API. */
  public static final String API_URL = "GITHUB_API_URL";

  /** The variable for a file with certificate authorities to trust beside those of the JVM. */
  public static final String CA_FILE = "BACKFILL_CA_FILE";

  /** The variable for the database's JDBC URL. */
  public static final String JDBC_URL = "BACKFILL_JDBC_URL";

  /** The variable for the database's user. */
  public static final String JDBC_USER = "BACKFILL_JDBC_USER";

  /** The variable for the database's password. */
  public static final String JDBC_PASSWORD = "BACKFILL_JDBC_PASSWORD";

  /** The variable for the connection string of a Supabase database. */
  public static final String SUPABASE_DB_URL = "SUPABASE_DB_URL";

  /** The variable for the address of a Supabase project. */
  public static final String SUPABASE_URL = "SUPABASE_URL";

  /** The variable for the service key of a Supabase project. */
  public static final String SUPABASE_KEY = "SUPABASE_SERVICE_ROLE_KEY";

  /** The variable for the secret key of a Supabase project, the newer kind of key. */
  public static final String SUPABASE_SECRET_KEY = "SUPABASE_SECRET_KEY";

  /** The variable for the repository whose workflow runs jobs on GitHub Actions. */
  public static final String ACTIONS_REPOSITORY = "BACKFILL_ACTIONS_REPOSITORY";

  /** The variable for the workflow's file. */
  public static final String ACTIONS_WORKFLOW = "BACKFILL_ACTIONS_WORKFLOW";

  /** The variable for the branch or tag on which the workflow runs. */
  public static final String ACTIONS_REF = "BACKFILL_ACTIONS_REF";

  /** The variable for the number of targets in a hundred that go to GitHub Actions. */
  public static final String ACTIONS_SHARE = "BACKFILL_ACTIONS_SHARE";

  /** The variable for the repository in which failures become issues. */
  public static final String ISSUE_REPOSITORY = "BACKFILL_ISSUE_REPOSITORY";

  /** The variable for the days for which records of past work are kept. */
  public static final String RETENTION_DAYS = "BACKFILL_RETENTION_DAYS";

  /** The default days of retention: 90. */
  public static final int DEFAULT_RETENTION_DAYS = 90;

  /** The default file of the workflow. */
  public static final String DEFAULT_WORKFLOW = "progressive-backfill.yml";

  /** The default branch of the workflow. */
  public static final String DEFAULT_REF = "main";

  /** The default address of GitHub's API. */
  public static final URI DEFAULT_API_URL = URI.create("https://api.github.com");

  /**
   * The connection to GitHub.
   *
   * @param apiUrl {@value #API_URL}: the API's base address, without a slash at its end
   * @param token {@value #TOKEN}: the token; null for none
   * @param tokens {@value #TOKENS}: more tokens, with commas between them; empty for none
   * @param app the GitHub App whose installation sends the requests
   * @param caFile {@value #CA_FILE}: a readable PEM file with certificate authorities to trust
   *     beside those of the JVM; null for none
   */
  public record GitHub(
      Setting<URI> apiUrl,
      Setting<@Nullable Secret> token,
      Setting<List<Secret>> tokens,
      App app,
      Setting<@Nullable Path> caFile) {

    /**
     * Returns every token, the single one first.
     *
     * @return an immutable list without repetitions; empty for none
     */
    public List<Secret> allTokens() {
      return Stream.concat(Stream.ofNullable(token.value()), tokens.value().stream())
          .distinct()
          .toList();
    }
  }

  /**
   * A GitHub App.
   *
   * @param id {@value #APP_ID}: its client id or number; null for no App
   * @param privateKey {@value #APP_PRIVATE_KEY}, or the content of the file that {@value
   *     #APP_PRIVATE_KEY_FILE} names: its private key as PEM; null exactly if there is no App
   * @param installation {@value #APP_INSTALLATION_ID}: the number of the installation, positive;
   *     null if the App has only one, which is then looked up
   */
  public record App(
      Setting<@Nullable String> id,
      Setting<@Nullable Secret> privateKey,
      Setting<@Nullable Long> installation) {}

  /**
   * The connection to the database: over JDBC, or over the REST API of a Supabase project.
   *
   * @param url {@value #JDBC_URL}, or {@value #SUPABASE_DB_URL} if that is not set; null for
   *     neither. It may hold a password
   * @param user {@value #JDBC_USER}; null for none
   * @param password {@value #JDBC_PASSWORD}; null for none
   * @param supabaseUrl {@value #SUPABASE_URL}: the address of a Supabase project; null for none
   * @param supabaseKey {@value #SUPABASE_KEY}, or {@value #SUPABASE_SECRET_KEY} if that is not set;
   *     null for neither
   */
  public record Database(
      Setting<@Nullable Secret> url,
      Setting<@Nullable String> user,
      Setting<@Nullable Secret> password,
      Setting<@Nullable String> supabaseUrl,
      Setting<@Nullable Secret> supabaseKey) {

    /**
     * Returns the address to connect to over JDBC.
     *
     * @return the JDBC URL or connection string, or null if no variable sets one
     */
    public @Nullable Secret address() {
      return url.value();
    }

    /**
     * Checks if the store is a Supabase project over its REST API: no address is set, and the
     * project's URL and key are.
     *
     * @return false if an address is set, or no variable names a database
     * @throws InvalidConfigurationException if no address is set, and only the project's URL or
     *     only its key is
     */
    public boolean isSupabaseProject() {
      boolean hasUrl = supabaseUrl.value() != null;
      boolean hasKey = supabaseKey.value() != null;
      if (url.value() == null && hasUrl != hasKey) {
        throw new InvalidConfigurationException(
            "%s is set and %s is not. Nothing was started. Set both to use a Supabase project over its REST API, or set %s to its connection string."
                .formatted(
                    hasUrl ? SUPABASE_URL : supabaseKey.name(),
                    hasUrl ? SUPABASE_KEY : SUPABASE_URL,
                    SUPABASE_DB_URL));
      }
      return url.value() == null && hasUrl;
    }
  }

  /**
   * The destinations of jobs and of failure reports.
   *
   * @param actionsRepository {@value #ACTIONS_REPOSITORY}: {@code owner/name} of the repository
   *     whose workflow runs jobs; null for none, and then everything runs here
   * @param actionsWorkflow {@value #ACTIONS_WORKFLOW}: the workflow's file
   * @param actionsRef {@value #ACTIONS_REF}: the branch or tag on which it runs
   * @param actionsShare {@value #ACTIONS_SHARE}: the number of targets in a hundred that go there;
   *     from 0 to 100
   * @param issueRepository {@value #ISSUE_REPOSITORY}: {@code owner/name} of the repository in
   *     which failures become issues; null for none
   * @param retentionDays {@value #RETENTION_DAYS}: the days for which runs, transitions, events of
   *     jobs and chunks of completed backfills are kept, from 1 to 36500; 0 to keep them for ever
   */
  public record Orchestration(
      Setting<@Nullable String> actionsRepository,
      Setting<String> actionsWorkflow,
      Setting<String> actionsRef,
      Setting<Double> actionsShare,
      Setting<@Nullable String> issueRepository,
      Setting<Integer> retentionDays) {

    /**
     * Returns the min age of rows to remove.
     *
     * @return the retention, or null to keep them for ever
     */
    public @Nullable Duration retention() {
      return retentionDays.value() == 0 ? null : Duration.ofDays(retentionDays.value());
    }
  }

  /**
   * Reads the process's environment.
   *
   * @return the settings
   * @throws InvalidConfigurationException if a value breaks its rule
   */
  public static BackfillSettings fromEnvironment() {
    return builder().environment(System.getenv()).build();
  }

  /**
   * Creates a builder of settings.
   *
   * @return a builder with every default
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns all values with their origins, for users; secrets are not shown.
   *
   * @return the settings in a fixed order
   */
  public List<Setting<?>> effective() {
    return List.of(
        enabled,
        chunkSize,
        github.apiUrl(),
        github.token(),
        github.tokens(),
        github.app().id(),
        github.app().privateKey(),
        github.app().installation(),
        github.caFile(),
        database.url(),
        database.user(),
        database.password(),
        orchestration.actionsRepository(),
        orchestration.actionsWorkflow(),
        orchestration.actionsRef(),
        orchestration.actionsShare(),
        orchestration.issueRepository(),
        orchestration.retentionDays());
  }

  /**
   * Builder of settings; a value from code wins over the environment. Not safe for concurrent use.
   */
  public static final class Builder {

    private Map<String, String> environment = Map.of();
    private final Map<String, String> code = new HashMap<>();

    private Builder() {}

    /**
     * Sets the variables to look up; by default none.
     *
     * @param variables the variables; blank values count as not set
     * @return this
     */
    public Builder environment(Map<String, String> variables) {
      this.environment = Map.copyOf(variables);
      return this;
    }

    /**
     * Sets a value from code, under the name and by the rule of its environment variable.
     *
     * @param name one of the names that {@link BackfillSettings} defines
     * @param value the value, or null to leave it to the environment
     * @return this
     */
    public Builder set(String name, @Nullable String value) {
      if (value != null) {
        code.put(name, value);
      }
      return this;
    }

    /**
     * Checks every value.
     *
     * @return the settings
     * @throws InvalidConfigurationException if a value breaks its rule
     */
    public BackfillSettings build() {
      return new BackfillSettings(
          parsed(ENABLED, Builder::onOrOff, true),
          this.<@Nullable Integer>parsed(CHUNK_SIZE, Builder::chunkSize, null),
          new GitHub(
              parsed(API_URL, Builder::httpAddress, DEFAULT_API_URL),
              this.<@Nullable Secret>parsed(TOKEN, GitHubValues::token, null),
              parsed(TOKENS, GitHubValues::tokens, List.of()),
              app(),
              this.<@Nullable Path>parsed(CA_FILE, GitHubValues::caFile, null)),
          new Database(
              this.<@Nullable Secret>parsed(databaseUrl(), (name, text) -> new Secret(text), null),
              this.<@Nullable String>parsed(JDBC_USER, (name, text) -> text, null),
              this.<@Nullable Secret>parsed(JDBC_PASSWORD, (name, text) -> new Secret(text), null),
              this.<@Nullable String>parsed(SUPABASE_URL, (name, text) -> text.strip(), null),
              this.<@Nullable Secret>parsed(
                  !isSet(SUPABASE_KEY) && isSet(SUPABASE_SECRET_KEY)
                      ? SUPABASE_SECRET_KEY
                      : SUPABASE_KEY,
                  (name, text) -> new Secret(text.strip()),
                  null)),
          new Orchestration(
              this.<@Nullable String>parsed(
                  ACTIONS_REPOSITORY, OrchestrationValues::repository, null),
              parsed(ACTIONS_WORKFLOW, OrchestrationValues::workflow, DEFAULT_WORKFLOW),
              parsed(ACTIONS_REF, OrchestrationValues::ref, DEFAULT_REF),
              parsed(ACTIONS_SHARE, OrchestrationValues::share, JobRouter.DEFAULT_SHARE),
              this.<@Nullable String>parsed(
                  ISSUE_REPOSITORY, OrchestrationValues::repository, null),
              parsed(RETENTION_DAYS, OrchestrationValues::days, DEFAULT_RETENTION_DAYS)));
    }

    /** Returns the name of the variable that sets the database's address; code wins here too. */
    private String databaseUrl() {
      boolean supabase =
          code.containsKey(SUPABASE_DB_URL) && !code.containsKey(JDBC_URL) || !isSet(JDBC_URL);
      return supabase && isSet(SUPABASE_DB_URL) ? SUPABASE_DB_URL : JDBC_URL;
    }

    private App app() {
      boolean fromFile = isSet(APP_PRIVATE_KEY_FILE);
      App app =
          new App(
              this.<@Nullable String>parsed(APP_ID, GitHubValues::appId, null),
              fromFile
                  ? this.<@Nullable Secret>parsed(APP_PRIVATE_KEY_FILE, GitHubValues::keyFile, null)
                  : this.<@Nullable Secret>parsed(APP_PRIVATE_KEY, GitHubValues::key, null),
              this.<@Nullable Long>parsed(APP_INSTALLATION_ID, GitHubValues::installation, null));
      return GitHubValues.complete(app, fromFile && isSet(APP_PRIVATE_KEY));
    }

    private boolean isSet(String name) {
      return text(name) != null;
    }

    private @Nullable String text(String name) {
      String value = code.containsKey(name) ? code.get(name) : environment.get(name);
      return value == null || value.isBlank() ? null : value;
    }

    private <V extends @Nullable Object> Setting<V> parsed(
        String name, Parser<V> parser, V defaultValue) {
      String text = text(name);
      if (text == null) {
        return new Setting<>(name, defaultValue, Origin.DEFAULT);
      }
      Origin origin = code.containsKey(name) ? Origin.CODE : Origin.ENVIRONMENT;
      return new Setting<>(name, parser.parse(name, text), origin);
    }

    private static Boolean onOrOff(String name, String text) {
      return switch (text.strip().toLowerCase(Locale.ROOT)) {
        case "true" -> true;
        case "false" -> false;
        default ->
            throw new InvalidConfigurationException(
                "%s is \"%s\"; it must be true or false.".formatted(name, text));
      };
    }

    private static @Nullable Integer chunkSize(String name, String text) {
      int max = StandardRateLimitPolicy.MAX_FIXED_SIZE;
      if (text.strip().matches("[0-9]{1,9}")) {
        int size = Integer.parseInt(text.strip(), 10);
        if (size >= 1 && size <= max) {
          return size;
        }
      }
      throw new InvalidConfigurationException(
          String.format(
              Locale.ROOT,
              "%s is \"%s\"; it must be a whole number from 1 to %d, or unset for 25 to 50, adaptive.",
              name,
              text,
              max));
    }

    private static URI httpAddress(String name, String text) {
      String address = text.strip().replaceAll("/+$", "");
      try {
        URI uri = URI.create(address);
        boolean http = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
        if (http && uri.getHost() != null && uri.getUserInfo() == null && uri.getQuery() == null) {
          return uri;
        }
      } catch (IllegalArgumentException e) {
        throw new InvalidConfigurationException(notAnAddress(name), e);
      }
      throw new InvalidConfigurationException(notAnAddress(name));
    }

    private static String notAnAddress(String name) {
      return "%s must be an address such as https://api.github.com or https://HOST/api/v3, without user, password or query."
          .formatted(name);
    }

    @FunctionalInterface
    private interface Parser<V extends @Nullable Object> {
      V parse(String name, String text);
    }
  }

  /**
   * A value and its origin.
   *
   * @param name the environment variable that sets it
   * @param value the value; null if the setting is optional and nothing sets it
   * @param origin the origin
   * @param <V> the type of value
   */
  public record Setting<V extends @Nullable Object>(String name, V value, Origin origin) {

    /** The origin of a value. */
    public enum Origin {
      /** Not set; the library's default. */
      DEFAULT,
      /** An environment variable. */
      ENVIRONMENT,
      /** The program's code. */
      CODE
    }

    @Override
    public String toString() {
      return "%s=%s (%s)"
          .formatted(name, value == null ? "" : value, origin.name().toLowerCase(Locale.ROOT));
    }
  }

  /** A text that appears in no log and no message. */
  public static final class Secret {

    private final String value;

    /**
     * Wraps a text.
     *
     * @param value the text
     */
    public Secret(String value) {
      this.value = Objects.requireNonNull(value, "value");
    }

    /**
     * Returns the text itself, for the one place that needs it.
     *
     * @return the text
     */
    public String reveal() {
      return value;
    }

    /** Returns a placeholder, never the text. */
    @Override
    public String toString() {
      return "***";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }
  }
}
