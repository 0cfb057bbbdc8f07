package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedApp;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** No token, no key and nothing that an App signs is printed or stored by the real program. */
@Timeout(180)
class SecretIT {

  private static final String GOOD = "ghp_aGoodTokenThatNobodyMaySee";
  private static final String OTHER = "ghp_anotherTokenThatNobodyMaySee";
  private static final String DEAD = "ghp_aDeadTokenThatNobodyMaySee";

  private static final String PASSWORD = "aPasswordThatNobodyMaySee";

  /** How what an App signs begins. */
  private static final String SIGNED = "eyJhbGciOi";

  @TempDir Path folder;

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 40);

  @Test
  void notWhenAllGoesWellAndWhenGitHubLimitsAndFails() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).token(GOOD).start()) {
      github.failNext(2, 502);
      github.truncateNext();
      github.limitNext(Duration.ofSeconds(1));
      github.poison(repository.numbers().skip(20).findFirst().orElseThrow());
      CliProcess run = run(github, Map.of("GITHUB_TOKEN", GOOD));
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(3);
      assertNothingShows(run, GOOD);
    }
  }

  @Test
  void notWhenTheTokenIsDead() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).token(GOOD).start()) {
      CliProcess run = run(github, Map.of("GITHUB_TOKEN", DEAD));
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
      assertNothingShows(run, DEAD);
    }
  }

  @Test
  void notWhenOneOfSeveralTokensIsDead() throws Exception {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(repository)
            .token(GOOD, "ann")
            .token(OTHER, "bob")
            .start()) {
      CliProcess run =
          run(github, Map.of("GITHUB_TOKEN", GOOD, "GITHUB_TOKENS", DEAD + "," + OTHER));
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(run.err()).as("the dead one is named by its place").contains("401");
      assertNothingShows(run, GOOD, OTHER, DEAD);
    }
  }

  @Test
  void notThoseOfAnApp() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    KeyPair pair = generator.generateKeyPair();
    String key =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPrivate().getEncoded());
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(repository)
            .token(OTHER)
            .app(SimulatedApp.of(17, 4711, pair.getPublic()))
            .start()) {
      CliProcess run =
          run(
              github,
              Map.of(
                  "GITHUB_APP_ID",
                  "17",
                  "GITHUB_APP_INSTALLATION_ID",
                  "4711",
                  "GITHUB_APP_PRIVATE_KEY",
                  "-----BEGIN PRIVATE KEY-----\n" + key + "\n-----END PRIVATE KEY-----\n"));
      assertThat(run.exitCode()).as(run.toString()).isZero();
      List<String> secrets = new ArrayList<>(Arrays.asList(key.split("\n")));
      secrets.add(SIGNED);
      secrets.add("ghs_");
      assertNothingShows(run, secrets.toArray(String[]::new));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "postgresql://u:%s@127.0.0.1:1/db",
        "postgresql://127.0.0.1:1/db?user=u&password=%s",
        "postgresql://u:%s@db.abc.supabase.co/postgres?sslmode=disable",
        "postgresql://u:%s%%zz@host/db",
        "mysql://u:%s@host/db",
        "jdbc:postgresql://127.0.0.1:1/db?user=u&password=%s"
      })
  void notThePasswordOfADatabaseThatCannotBeUsed(String url) {
    CliProcess run =
        CliProcess.in(folder)
            .env("SUPABASE_DB_URL", url.formatted(PASSWORD))
            .env("SUPABASE_SERVICE_ROLE_KEY", OTHER)
            .run("--verbose", "run", "sim/repo");
    assertThat(run.exitCode()).as(run.toString()).isNotZero();
    assertThat(run.err()).contains("backfill: ");
    assertThat(run.toString()).doesNotContain(PASSWORD, OTHER);
  }

  @Test
  void notThePasswordOfADatabaseThatIsUsed() throws Exception {
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
        EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      try (Connection connection = postgres.getPostgresDatabase().getConnection();
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE ROLE u LOGIN SUPERUSER PASSWORD '" + PASSWORD + "'");
      }
      String url =
          "postgresql://u:%s@localhost:%d/postgres".formatted(PASSWORD, postgres.getPort());
      CliProcess run = run(github, Map.of("SUPABASE_DB_URL", url));
      assertThat(run.exitCode()).as(run.toString()).isZero();
      CliProcess refused = run(github, Map.of("SUPABASE_DB_URL", url + "_not_there"));
      assertThat(refused.exitCode()).as(refused.toString()).isEqualTo(1);
      assertThat(run.toString() + refused).doesNotContain(PASSWORD);
      assertThat(HistoryRows.in(url(postgres), "postgres")).isEqualTo(HistoryRows.of(repository));
    }
  }

  private static String url(EmbeddedPostgres postgres) {
    return "jdbc:postgresql://localhost:%d/postgres".formatted(postgres.getPort());
  }

  private CliProcess run(SimulatedGitHub github, Map<String, String> secrets) {
    CliProcess.Builder cli = CliProcess.in(folder).env("GITHUB_API_URL", github.url());
    secrets.forEach(cli::env);
    return cli.run("--verbose", "run", "sim/repo");
  }

  private void assertNothingShows(CliProcess run, String... secrets) throws IOException {
    assertThat(run.out() + run.err()).doesNotContain(secrets);
    StoredTexts.inDefaultDatabase(folder)
        .tables()
        .forEach(
            (table, columns) ->
                columns.forEach(
                    (column, values) ->
                        assertThat(String.join("\n", values))
                            .as(table + "." + column)
                            .doesNotContain(secrets)));
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> all = files.filter(Files::isRegularFile).toList();
      assertThat(all).as("the database's files").isNotEmpty();
      for (Path file : all) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.getFileName().toString())
            .doesNotContain(secrets);
      }
    }
  }
}
