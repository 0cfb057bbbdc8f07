package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong gives one clear sentence and the right exit code. */
@Execution(ExecutionMode.CONCURRENT)
class FailureIT {

  private static final String TOKEN = "secret-token-4711";

  private static SimulatedGitHub github;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    github =
        SimulatedGitHub.builder()
            .token("good-token")
            .repository(
                SimulatedRepository.of("sim/repo", 20),
                SimulatedRepository.of("sim/empty", 0),
                SimulatedRepository.builder("sim/secret").pullRequests(5).isPrivate(true).build(),
                SimulatedRepository.builder("sim/new")
                    .pullRequests(5)
                    .formerName("sim/old")
                    .build())
            .start();
  }

  @AfterAll
  static void stop() {
    github.close();
  }

  @Test
  void anEmptyRepositoryIsComplete() {
    CliProcess run = cli().run("run", "sim/empty");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.out()).contains("0 of 0").contains("Completed in");
  }

  @Test
  void aMissingRepository() {
    assertFails(cli().run("run", "sim/missing"), 1, "sim/missing", "404", "check the name");
  }

  @Test
  void aPrivateRepositoryWithoutAToken() {
    assertFails(cli().run("run", "sim/secret"), 1, "sim/secret", "private", "GITHUB_TOKEN");
  }

  @Test
  void aRenamedRepositoryIsFollowed() {
    CliProcess run = cli().run("run", "sim/old", "--include=none");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.err()).containsOnlyOnce("sim/old is now called sim/new");
    assertThat(run.out()).contains("5 of 5");
  }

  @Test
  void aBadToken() {
    CliProcess run = cli().env("GITHUB_TOKEN", TOKEN).run("run", "sim/repo");
    assertFails(run, 1, "401", "token", "GITHUB_TOKEN");
    assertThat(run.toString()).doesNotContain(TOKEN);
  }

  @Test
  void aDatabaseThatIsDown() throws IOException {
    String url = "jdbc:postgresql://localhost:" + closedPort() + "/app?password=" + TOKEN;
    CliProcess run = cli().run("run", "sim/repo", "--json", "--jdbc-url", url);
    assertFails(run, 1, "The database jdbc:postgresql://localhost", "cannot be used");
    assertThat(run.toString()).doesNotContain(TOKEN);
    assertThat(new ObjectMapper().readTree(run.out()).path("exitCode").asInt()).isEqualTo(1);
    assertFails(cli().run("status", "--jdbc-url", url), 1, "cannot be used");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "run sim",
        "run https://github.com/sim/repo",
        "run sim/repo --unknown",
        "run sim/repo --chunk-size 0",
        "run sim/repo --chunk-size many",
        "run sim/repo --max-chunks 0",
        "run sim/repo --max-duration 5",
        "run sim/repo --max-duration PT0S",
        "run sim/repo --parallel 0",
        "run sim/repo --lease PT0S",
        "run sim/repo --include everything",
        "run sim/repo --jdbc-url jdbc:unknown:x",
        "pause sim",
        "schema --dialect oracle",
        "schema --dialect h2 --supabase",
        "walk"
      })
  void aBadOptionOrArgument(String line) {
    CliProcess run = cli().run(line.split(" "));
    assertFails(run, 2);
    assertThat(folder).as("nothing was started").isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BACKFILL_CHUNK_SIZE=ten",
        "ENABLE_PROGRESSIVE_BACKFILL=perhaps",
        "ENABLE_PROGRESSIVE_BACKFILL=false",
        "GITHUB_API_URL=github.com",
        "GITHUB_TOKEN=two words",
        "BACKFILL_JDBC_URL=localhost/app",
        "SUPABASE_URL=https://project.supabase.co",
        "SUPABASE_SERVICE_ROLE_KEY=eyJhbGciOi",
        "SUPABASE_DB_URL=https://project.supabase.co",
        "SUPABASE_DB_URL=postgresql://u:p@db.project.supabase.co/postgres?sslmode=disable"
      })
  void aBadEnvironmentValue(String variable) {
    String[] parts = variable.split("=", 2);
    assertFails(cli().env(parts[0], parts[1]).run("run", "sim/repo"), 2);
    assertThat(folder).as("nothing was started").isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run sim/repo", "status", "quarantine list sim/repo", "pause sim/repo"})
  void aSupabaseProjectWithoutItsUrl(String line) {
    CliProcess run = cli().env("SUPABASE_SERVICE_ROLE_KEY", TOKEN).run(line.split(" "));
    assertFails(run, 2, "SUPABASE_SERVICE_ROLE_KEY is set and SUPABASE_URL is not");
    assertThat(run.toString()).doesNotContain(TOKEN);
    assertThat(folder).as("nothing was started").isEmptyDirectory();
  }

  @Test
  void aSupabaseProjectBesideADatabaseIsNoProblem() {
    CliProcess run =
        cli()
            .env("SUPABASE_URL", "https://project.supabase.co")
            .env("SUPABASE_SERVICE_ROLE_KEY", TOKEN)
            .run("run", "sim/empty", "--jdbc-url", "jdbc:h2:file:./here");
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(run.toString()).doesNotContain(TOKEN);
  }

  @Test
  void pausingWhatIsNotThere() {
    assertFails(cli().run("pause", "sim/repo"), 1, "no backfill of sim/repo");
    assertThat(folder).isEmptyDirectory();
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url());
  }

  /** One sentence that begins with the program's name and holds the words; no stack trace. */
  static void assertFails(CliProcess run, int exitCode, String... words) {
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(exitCode);
    List<String> sentences =
        run.err().lines().filter(line -> line.startsWith("backfill: ")).toList();
    assertThat(sentences).as(run.toString()).hasSize(1);
    assertThat(List.of(words)).allSatisfy(word -> assertThat(sentences.get(0)).contains(word));
    assertThat(run.err()).doesNotContain("\tat ", "Exception");
  }

  static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
