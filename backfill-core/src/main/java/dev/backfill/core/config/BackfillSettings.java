package dev.backfill.core.config;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.Setting.Origin;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.routing.RuleRouter;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The library's configuration, from environment variables and from code; code wins. Every value is
 * checked, and knows where it comes from.
 *
 * @param enabled {@value #ENABLED}: whether backfills run at all; true unless set
 * @param chunkSize {@value #CHUNK_SIZE}: items in a chunk, from 1 to 1000, instead of the policy's
 *     rule; null unless set
 * @param github how to reach GitHub
 * @param database how to reach the database
 * @param orchestration where jobs run, and where failures are told
 */
public record BackfillSettings(
    Setting<Boolean> enabled,
    Setting<@Nullable Integer> chunkSize,
    GitHub github,
    Database database,
    Orchestration orchestration) {

  /** Switches backfilling on and off. */
  public static final String ENABLED = "ENABLE_PROGRESSIVE_BACKFILL";

  /** Fixes the chunk size. */
  public static final String CHUNK_SIZE = "BACKFILL_CHUNK_SIZE";

  /** The token for GitHub. */
  public static final String TOKEN = "GITHUB_TOKEN";

  /** More tokens for GitHub. */
  public static final String TOKENS = "GITHUB_TOKENS";

  /** The id of a GitHub App. */
  public static final String APP_ID = "GITHUB_APP_ID";

  /** The private key of a GitHub App. */
  public static final String APP_PRIVATE_KEY = "GITHUB_APP_PRIVATE_KEY";

  /** Where the private key of a GitHub App is. */
  public static final String APP_PRIVATE_KEY_FILE = "GITHUB_APP_PRIVATE_KEY_FILE";

  /** The installation of a GitHub App. */
  public static final String APP_INSTALLATION_ID = "GITHUB_APP_INSTALLATION_ID";

  /** The base address of GitHub's API. */
  public static final String API_URL = "GITHUB_API_URL";

  /** A file with certificate authorities to trust beside those of the JVM. */
  public static final String CA_FILE = "BACKFILL_CA_FILE";

  /** The database's JDBC URL. */
  public static final String JDBC_URL = "BACKFILL_JDBC_URL";

  /** The database's user. */
  public static final String JDBC_USER = "BACKFILL_JDBC_USER";

  /** The database's password. */
  public static final String JDBC_PASSWORD = "BACKFILL_JDBC_PASSWORD";

  /** The connection string of a Supabase database. */
  public static final String SUPABASE_DB_URL = "SUPABASE_DB_URL";

  /** The address of a Supabase project. */
  public static final String SUPABASE_URL = "SUPABASE_URL";

  /** The service key of a Supabase project. */
  public static final String SUPABASE_KEY = "SUPABASE_SERVICE_ROLE_KEY";

  /** The repository whose workflow runs jobs on GitHub Actions. */
  public static final String ACTIONS_REPOSITORY = "BACKFILL_ACTIONS_REPOSITORY";

  /** The workflow's file. */
  public static final String ACTIONS_WORKFLOW = "BACKFILL_ACTIONS_WORKFLOW";

  /** The branch or tag on which the workflow runs. */
  public static final String ACTIONS_REF = "BACKFILL_ACTIONS_REF";

  /** How many of a hundred targets go to GitHub Actions. */
  public static final String ACTIONS_SHARE = "BACKFILL_ACTIONS_SHARE";

  /** The repository in which failures become issues. */
  public static final String ISSUE_REPOSITORY = "BACKFILL_ISSUE_REPOSITORY";

  /** The days for which records of past work are kept. */
  public static final String RETENTION_DAYS = "BACKFILL_RETENTION_DAYS";

  /** The days of retention unless stated: 90. */
  public static final int DEFAULT_RETENTION_DAYS = 90;

  /** The workflow's file unless stated. */
  public static final String DEFAULT_WORKFLOW = "progressive-backfill.yml";

  /** The branch unless stated. */
  public static final String DEFAULT_REF = "main";

  /** GitHub's API unless stated. */
  public static final URI DEFAULT_API_URL = URI.create("https://api.github.com");

  /**
   * How to reach GitHub.
   *
   * @param apiUrl {@value #API_URL}: the API's base address, without a slash at its end
   * @param token {@value #TOKEN}: the token; null for none
   * @param tokens {@value #TOKENS}: more tokens, with commas between them; empty for none
   * @param app the GitHub App to ask on behalf of
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
     * Every token, the single one first.
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
   * Which GitHub App asks.
   *
   * @param id {@value #APP_ID}: its client id or number; null for no App
   * @param privateKey {@value #APP_PRIVATE_KEY}, or what is in the file that {@value
   *     #APP_PRIVATE_KEY_FILE} names: its private key as PEM; null exactly when there is no App
   * @param installation {@value #APP_INSTALLATION_ID}: the number of the installation, positive;
   *     null to have the only one looked up
   */
  public record App(
      Setting<@Nullable String> id,
      Setting<@Nullable Secret> privateKey,
      Setting<@Nullable Long> installation) {}

  /**
   * How to reach the database.
   *
   * @param url {@value #JDBC_URL}, or {@value #SUPABASE_DB_URL} where that is not set; null for
   *     neither. It may hold a password
   * @param user {@value #JDBC_USER}; null for none
   * @param password {@value #JDBC_PASSWORD}; null for none
   * @param supabase whether {@value #SUPABASE_URL} or {@value #SUPABASE_KEY} is set
   */
  public record Database(
      Setting<@Nullable Secret> url,
      Setting<@Nullable String> user,
      Setting<@Nullable Secret> password,
      boolean supabase) {

    /**
     * The address to connect to.
     *
     * @return the JDBC URL or connection string, or null when nothing says where the database is
     * @throws InvalidConfigurationException when only a Supabase project's web address or service
     *     key is known, which is not enough
     */
    public @Nullable Secret address() {
      Secret address = url.value();
      if (address == null && supabase) {
        throw new InvalidConfigurationException(
            "%s and %s reach a Supabase project by REST, for which there is no store yet, so nothing was started; set %s to the connection string that the project's dashboard shows behind the button Connect, or under Project Settings > Database > Connection string."
                .formatted(SUPABASE_URL, SUPABASE_KEY, SUPABASE_DB_URL));
      }
      return address;
    }
  }

  /**
   * Where jobs run, and where failures are told.
   *
   * @param actionsRepository {@value #ACTIONS_REPOSITORY}: {@code owner/name} of the repository
   *     whose workflow runs jobs; null for none, and then everything runs here
   * @param actionsWorkflow {@value #ACTIONS_WORKFLOW}: the workflow's file
   * @param actionsRef {@value #ACTIONS_REF}: the branch or tag on which it runs
   * @param actionsShare {@value #ACTIONS_SHARE}: how many of a hundred targets go there; from 0 to
   *     100
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
     * Returns the age from which on rows are removed.
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
   * @throws InvalidConfigurationException when a value breaks its rule
   */
  public static BackfillSettings fromEnvironment() {
    return builder().environment(System.getenv()).build();
  }

  /**
   * Begins settings with every default.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * All values with their origins, for people; secrets are not shown.
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

  /** Collects settings; what code sets wins over the environment. Not safe for concurrent use. */
  public static final class Builder {

    private Map<String, String> environment = Map.of();
    private final Map<String, String> code = new HashMap<>();

    private Builder() {}

    /**
     * Sets where variables are looked up; nowhere unless stated.
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
     * @param name one of the names that {@link BackfillSettings} states
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
     * @throws InvalidConfigurationException when a value breaks its rule
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
              isSet(SUPABASE_URL) || isSet(SUPABASE_KEY)),
          new Orchestration(
              this.<@Nullable String>parsed(
                  ACTIONS_REPOSITORY, OrchestrationValues::repository, null),
              parsed(ACTIONS_WORKFLOW, OrchestrationValues::workflow, DEFAULT_WORKFLOW),
              parsed(ACTIONS_REF, OrchestrationValues::ref, DEFAULT_REF),
              parsed(ACTIONS_SHARE, OrchestrationValues::share, RuleRouter.DEFAULT_SHARE),
              this.<@Nullable String>parsed(
                  ISSUE_REPOSITORY, OrchestrationValues::repository, null),
              parsed(RETENTION_DAYS, OrchestrationValues::days, DEFAULT_RETENTION_DAYS)));
    }

    /** The name under which the database's address is set; code wins here too. */
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
              "%s is \"%s\"; it must be a whole number from 1 to %d, or unset for 25 to 50 as it"
                  + " fits.",
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
}
