package dev.backfill.core.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.core.config.BackfillSettings.Setting.Origin;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BackfillSettingsTest {

  @TempDir private Path directory;

  @Test
  void nothingSetMeansTheDocumentedDefaults() {
    BackfillSettings settings = BackfillSettings.builder().build();

    assertThat(settings.enabled())
        .isEqualTo(new BackfillSettings.Setting<>(BackfillSettings.ENABLED, true, Origin.DEFAULT));
    assertThat(settings.chunkSize().value()).isNull();
    assertThat(settings.github().apiUrl().value()).isEqualTo(URI.create("https://api.github.com"));
    assertThat(settings.github().token().value()).isNull();
    assertThat(settings.database().address()).isNull();
  }

  @Test
  void everyVariableIsReadWithItsOrigin() {
    BackfillSettings settings =
        of(
            Map.of(
                "GITHUB_TOKEN", " ghp_abc ",
                "GITHUB_API_URL", "https://ghe.example/api/v3/",
                "ENABLE_PROGRESSIVE_BACKFILL", "False",
                "BACKFILL_CHUNK_SIZE", "025",
                "BACKFILL_JDBC_URL", "jdbc:postgresql://db/x",
                "BACKFILL_JDBC_USER", "me",
                "BACKFILL_JDBC_PASSWORD", "secret"));

    assertThat(settings.enabled().value()).isFalse();
    assertThat(settings.enabled().origin()).isEqualTo(Origin.ENVIRONMENT);
    assertThat(settings.chunkSize().value()).isEqualTo(25);
    assertThat(settings.github().apiUrl().value())
        .isEqualTo(URI.create("https://ghe.example/api/v3"));
    assertThat(settings.github().token().value()).isEqualTo(new BackfillSettings.Secret("ghp_abc"));
    assertThat(settings.database().address())
        .isEqualTo(new BackfillSettings.Secret("jdbc:postgresql://db/x"));
    assertThat(settings.database().user().value()).isEqualTo("me");
    assertThat(settings.database().password().value())
        .isEqualTo(new BackfillSettings.Secret("secret"));
  }

  @Test
  void orchestrationHasItsDefaultsAndIsRead() {
    BackfillSettings.Orchestration normal = BackfillSettings.builder().build().orchestration();
    assertThat(normal.actionsRepository().value()).isNull();
    assertThat(normal.issueRepository().value()).isNull();
    assertThat(normal.actionsWorkflow().value()).isEqualTo("progressive-backfill.yml");
    assertThat(normal.actionsRef().value()).isEqualTo("main");
    assertThat(normal.actionsShare().value()).isEqualTo(25);
    BackfillSettings.Orchestration given =
        of(Map.of(
                "BACKFILL_ACTIONS_REPOSITORY", "my-org/host",
                "BACKFILL_ACTIONS_WORKFLOW", "other.yml",
                "BACKFILL_ACTIONS_REF", "v1.2",
                "BACKFILL_ACTIONS_SHARE", " 12.5 ",
                "BACKFILL_ISSUE_REPOSITORY", "my-org/ops"))
            .orchestration();
    assertThat(given.actionsRepository().value()).isEqualTo("my-org/host");
    assertThat(given.actionsWorkflow().value()).isEqualTo("other.yml");
    assertThat(given.actionsRef().value()).isEqualTo("v1.2");
    assertThat(given.actionsShare().value()).isEqualTo(12.5);
    assertThat(given.issueRepository().value()).isEqualTo("my-org/ops");
  }

  @Test
  void codeWinsOverTheEnvironment() {
    BackfillSettings settings =
        BackfillSettings.builder()
            .environment(Map.of("BACKFILL_CHUNK_SIZE", "25"))
            .set(BackfillSettings.CHUNK_SIZE, "40")
            .build();

    assertThat(settings.chunkSize())
        .isEqualTo(new BackfillSettings.Setting<>("BACKFILL_CHUNK_SIZE", 40, Origin.CODE));
  }

  @Test
  void blankCountsAsNotSet() {
    assertThat(of(Map.of("BACKFILL_CHUNK_SIZE", " ", "GITHUB_TOKEN", "")).chunkSize().origin())
        .isEqualTo(Origin.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource({
    "BACKFILL_CHUNK_SIZE, 0",
    "BACKFILL_CHUNK_SIZE, 1001",
    "BACKFILL_CHUNK_SIZE, -5",
    "BACKFILL_CHUNK_SIZE, 1e2",
    "BACKFILL_CHUNK_SIZE, 99999999999999999999",
    "BACKFILL_CHUNK_SIZE, many",
    "ENABLE_PROGRESSIVE_BACKFILL, yes",
    "ENABLE_PROGRESSIVE_BACKFILL, 1",
    "BACKFILL_ACTIONS_SHARE, 101",
    "BACKFILL_ACTIONS_SHARE, -1",
    "BACKFILL_ACTIONS_SHARE, 25%",
    "BACKFILL_ACTIONS_REPOSITORY, https://github.com/a/b",
    "BACKFILL_ISSUE_REPOSITORY, kafka",
    "BACKFILL_ACTIONS_WORKFLOW, ../backfill.yml",
    "BACKFILL_ACTIONS_REF, my branch",
  })
  void aBadValueIsRefusedWithItsNameAndText(String name, String text) {
    assertThatThrownBy(() -> of(Map.of(name, text)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(text)
        .hasMessageContaining("must be");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://x", "nonsense", "https://", "http://u:p@h", "https://h?x=1", "ht tp"})
  void aBadAddressIsRefusedWithItsName(String text) {
    assertThatThrownBy(() -> of(Map.of("GITHUB_API_URL", text)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("GITHUB_API_URL")
        .hasMessageNotContaining("u:p");
  }

  @Test
  void aBadTokenIsRefusedWithoutShowingIt() {
    assertThatThrownBy(() -> of(Map.of("GITHUB_TOKEN", "ghp_one ghp_two")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("GITHUB_TOKEN")
        .hasMessageNotContaining("ghp_");
  }

  @Test
  void secretsAreNeverShown() {
    BackfillSettings settings =
        of(
            Map.of(
                "GITHUB_TOKEN",
                "ghp_abc",
                "BACKFILL_JDBC_URL",
                "jdbc:x:secret",
                "BACKFILL_JDBC_PASSWORD",
                "hunter2"));

    assertThat(settings.effective().toString() + settings)
        .contains("GITHUB_TOKEN=*** (environment)")
        .doesNotContain("ghp_abc", "secret\"", "hunter2", "jdbc:x:secret");
  }

  @Test
  void supabaseDbUrlIsTheDatabaseUnlessAJdbcUrlIsSet() {
    Map<String, String> supabase = Map.of("SUPABASE_DB_URL", "postgresql://u:p@h/db");

    assertThat(of(supabase).database().address())
        .isEqualTo(new BackfillSettings.Secret("postgresql://u:p@h/db"));
    assertThat(
            BackfillSettings.builder()
                .environment(supabase)
                .set(BackfillSettings.JDBC_URL, "jdbc:h2:mem:x")
                .build()
                .database()
                .address())
        .isEqualTo(new BackfillSettings.Secret("jdbc:h2:mem:x"));
    assertThat(
            of(Map.of("SUPABASE_DB_URL", "postgresql://h/db", "BACKFILL_JDBC_URL", "jdbc:h2:mem:x"))
                .database()
                .address())
        .isEqualTo(new BackfillSettings.Secret("jdbc:h2:mem:x"));
  }

  @Test
  void aDatabaseFromCodeWinsOverEitherNameInTheEnvironment() {
    BackfillSettings settings =
        BackfillSettings.builder()
            .environment(Map.of("BACKFILL_JDBC_URL", "jdbc:h2:mem:x"))
            .set(BackfillSettings.SUPABASE_DB_URL, "postgresql://u:hunter2@h/db")
            .build();

    assertThat(settings.database().address())
        .isEqualTo(new BackfillSettings.Secret("postgresql://u:hunter2@h/db"));
    assertThat(settings.effective().toString())
        .contains("SUPABASE_DB_URL=*** (code)")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"})
  void aSupabaseProjectAloneIsRefusedWithWhatIsMissing(String name) {
    BackfillSettings settings = of(Map.of(name, "https://eyJsecret"));

    assertThatThrownBy(() -> settings.database().isSupabaseProject())
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(name + " is set")
        .hasMessageContaining("SUPABASE_DB_URL")
        .hasMessageNotContaining("eyJsecret");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SUPABASE_SERVICE_ROLE_KEY", "SUPABASE_SECRET_KEY"})
  void aSupabaseProjectIsItsUrlAndItsKey(String name) {
    BackfillSettings settings =
        of(Map.of("SUPABASE_URL", "https://p.supabase.co", name, " sb_secret_x\n"));

    assertThat(settings.database().isSupabaseProject()).isTrue();
    assertThat(settings.database().supabaseKey().value())
        .isEqualTo(new BackfillSettings.Secret("sb_secret_x"));
    assertThat(settings.effective().toString()).doesNotContain("sb_secret_x");
  }

  @Test
  void anAddressOfADatabaseWinsOverASupabaseProject() {
    BackfillSettings settings =
        of(
            Map.of(
                "SUPABASE_URL",
                "https://p.supabase.co",
                "SUPABASE_SERVICE_ROLE_KEY",
                "sb_secret_x",
                "SUPABASE_DB_URL",
                "postgresql://u:p@h/db"));

    assertThat(settings.database().isSupabaseProject()).isFalse();
  }

  @Test
  void severalTokensAreReadTogetherWithTheSingleOne() {
    BackfillSettings settings =
        of(Map.of("GITHUB_TOKEN", "ghp_a", "GITHUB_TOKENS", " ghp_b , ghp_a,,ghp_c\n"));

    assertThat(settings.github().allTokens())
        .containsExactly(
            new BackfillSettings.Secret("ghp_a"),
            new BackfillSettings.Secret("ghp_b"),
            new BackfillSettings.Secret("ghp_c"));
    assertThat(settings.effective().toString())
        .contains("GITHUB_TOKENS=[***, ***, ***] (environment)")
        .doesNotContain("ghp_");
  }

  @ParameterizedTest
  @ValueSource(strings = {",", "ghp_one ghp_two", "ghp_\u00e9,ghp_two"})
  void badTokensAreRefusedWithoutShowingThem(String text) {
    assertThatThrownBy(() -> of(Map.of("GITHUB_TOKENS", text)))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("GITHUB_TOKENS")
        .hasMessageContaining("copy the tokens again")
        .hasMessageNotContaining("ghp_");
  }

  private static final String KEY =
      "-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----";

  @Test
  void anAppIsReadWithItsKeyInAnyNotation() throws Exception {
    BackfillSettings inOneLine =
        of(
            Map.of(
                "GITHUB_APP_ID",
                "Iv23li.x",
                "GITHUB_APP_PRIVATE_KEY",
                KEY.replace("\n", "\\n"),
                "GITHUB_APP_INSTALLATION_ID",
                "42"));
    assertThat(inOneLine.github().app().id().value()).isEqualTo("Iv23li.x");
    assertThat(inOneLine.github().app().privateKey().value())
        .isEqualTo(new BackfillSettings.Secret(KEY));
    assertThat(inOneLine.github().app().installation().value()).isEqualTo(42);
    assertThat(inOneLine + " " + inOneLine.effective()).doesNotContain("c2VjcmV0");

    Path file = Files.writeString(directory.resolve("key.pem"), KEY + "\n");
    BackfillSettings fromFile =
        of(Map.of("GITHUB_APP_ID", "7", "GITHUB_APP_PRIVATE_KEY_FILE", file.toString()));
    assertThat(fromFile.github().app().privateKey())
        .isEqualTo(
            new BackfillSettings.Setting<>(
                "GITHUB_APP_PRIVATE_KEY_FILE",
                new BackfillSettings.Secret(KEY),
                Origin.ENVIRONMENT));
    assertThat(fromFile.github().app().installation().value()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GITHUB_APP_ID=7 | GITHUB_APP_ID is set without the App's private key. Nothing was started. Set GITHUB_APP_PRIVATE_KEY or",
        "GITHUB_APP_PRIVATE_KEY=KEY | GITHUB_APP_PRIVATE_KEY is set without the App's id. Nothing was started. Set GITHUB_APP_ID too",
        "GITHUB_APP_INSTALLATION_ID=7 | GITHUB_APP_INSTALLATION_ID is set without the App's id",
        "GITHUB_APP_ID=a b;GITHUB_APP_PRIVATE_KEY=KEY | GITHUB_APP_ID is \"a b\"; it must be the client id",
        "GITHUB_APP_ID=7;GITHUB_APP_PRIVATE_KEY=nokey | GITHUB_APP_PRIVATE_KEY must be the whole text",
        "GITHUB_APP_ID=7;GITHUB_APP_PRIVATE_KEY_FILE=none.pem | \"none.pem\"; it must be the path",
        "GITHUB_APP_ID=7;GITHUB_APP_PRIVATE_KEY=KEY;GITHUB_APP_INSTALLATION_ID=x | GITHUB_APP_INSTALLATION_ID is \"x\"; it must be a positive",
        "GITHUB_APP_ID=7;GITHUB_APP_PRIVATE_KEY=KEY;GITHUB_APP_PRIVATE_KEY_FILE=FILE | are both set; only one",
      })
  void anAppThatIsNotWholeIsRefusedWithTheFix(String variables, String message) throws Exception {
    Path file = Files.writeString(directory.resolve("key.pem"), KEY);
    Map<String, String> environment = new HashMap<>();
    for (String variable : variables.split(";")) {
      String[] parts = variable.split("=", 2);
      environment.put(parts[0], parts[1].replace("FILE", file.toString()).replaceAll("^KEY$", KEY));
    }
    assertThatThrownBy(() -> of(environment))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining(message)
        .hasMessageNotContainingAny("c2VjcmV0", "nokey");
  }

  private static BackfillSettings of(Map<String, String> environment) {
    return BackfillSettings.builder().environment(environment).build();
  }

  @Test
  void theFileOfAuthoritiesMustBeReadable(@TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("ca.pem"), "x");
    assertThat(of(Map.of("BACKFILL_CA_FILE", " " + file + " ")).github().caFile().value())
        .isEqualTo(file);
    assertThat(of(Map.of()).github().caFile().value()).isNull();
    for (String wrong : List.of(directory.toString(), directory + "/missing.pem")) {
      assertThatThrownBy(() -> of(Map.of("BACKFILL_CA_FILE", wrong)))
          .isInstanceOf(InvalidConfigurationException.class)
          .hasMessageContainingAll("BACKFILL_CA_FILE", wrong, "PEM");
    }
  }
}
