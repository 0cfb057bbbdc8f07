package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.cli.text.Format;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of the real program against a simulated GitHub. */
class RunIT {

  private static final String[] ALL = {"run", "sim/repo"};

  @TempDir Path folder;

  @Test
  void storesTheWholeHistoryOnceInTheDefaultDatabase() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess first = cli(github).run(ALL);
      assertThat(first.exitCode()).as(first.toString()).isZero();
      assertThat(first.out()).contains("120 of 120", "120 new", "Completed in");
      Map<String, List<String>> stored = HistoryRows.inDefaultDatabase(folder);
      assertThat(stored).isEqualTo(HistoryRows.of(repository));

      long before = github.requests();
      CliProcess second = cli(github).run("run", "sim/repo", "--json");
      assertThat(second.exitCode()).as(second.toString()).isZero();
      assertThat(github.requests() - before).as("one a stream, and one").isLessThanOrEqualTo(4);
      assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(stored);
      JsonNode json = new ObjectMapper().readTree(second.out());
      assertThat(json.path("status").asText()).isEqualTo("completed");
      assertThat(json.path("exitCode").asInt()).isZero();
      JsonNode streams = json.path("repositories").path(0).path("streams");
      assertThat(streams).hasSize(3);
      assertThat(streams.path(0).path("source").asText()).isEqualTo("github:pull-requests");
      assertThat(streams.path(0).path("outcome").asText()).isEqualTo("completed");
      assertThat(streams.path(0).path("processed").asInt()).isEqualTo(120);
      assertThat(streams.path(0).path("inserted").asInt()).isZero();
    }
  }

  @Test
  void storesTheWholeHistoryOnceInPostgres() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
        EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String url = "jdbc:postgresql://localhost:%d/postgres".formatted(postgres.getPort());
      String[] args = {"run", "sim/repo", "--jdbc-url", url, "--jdbc-user", "postgres"};
      CliProcess first = cli(github).run(args);
      assertThat(first.exitCode()).as(first.toString()).isZero();
      Map<String, List<String>> stored = HistoryRows.in(url, "postgres");
      assertThat(stored).isEqualTo(HistoryRows.of(repository));

      long before = github.requests();
      CliProcess second = cli(github).run(args);
      assertThat(second.exitCode()).as(second.toString()).isZero();
      assertThat(github.requests() - before).isLessThanOrEqualTo(4);
      assertThat(HistoryRows.in(url, "postgres")).isEqualTo(stored);
      assertThat(folder).as("nothing but the named database is used").isEmptyDirectory();
    }
  }

  @Test
  void aRestartReadsTheWholeHistoryAgain() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess never = cli(github).run("reload", "sim/repo");
      assertThat(never.exitCode()).isEqualTo(1);
      assertThat(never.err()).contains("There is no backfill of sim/repo");
      String[] list = {"run", "sim/repo", "--include", "none"};
      assertThat(cli(github).run(list).exitCode()).isZero();

      CliProcess reload = cli(github).run("reload", "SIM/repo", "--reason", "to see");
      assertThat(reload.exitCode()).as(reload.toString()).isZero();
      assertThat(reload.out()).contains("sim/repo pull requests: is reloaded");
      CliProcess again = cli(github).run(list);
      assertThat(again.out()).as(again.toString()).contains("120 of 120", "0 new, 0 changed");
      assertThat(cli(github).run("history", "sim/repo").out())
          .contains("read again from the start: to see");
    }
  }

  @Test
  void dryRunWritesNothing() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess run =
          cli(github).run("run", "sim/repo", "--include", "none", "--dry-run", "--json");
      assertThat(run.exitCode()).as(run.toString()).isZero();
      JsonNode json = new ObjectMapper().readTree(run.out());
      assertThat(json.path("dryRun").asBoolean()).isTrue();
      JsonNode streams = json.path("repositories").path(0).path("streams");
      assertThat(streams).hasSize(1);
      assertThat(streams.path(0).path("processed").asInt()).isEqualTo(120);
      assertThat(folder).isEmptyDirectory();
    }
  }

  @Test
  void aPullRequestThatGitHubCannotDeliverGoesToQuarantineAndTheRestIsStored() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
    int poison = repository.numbers().skip(40).findFirst().orElseThrow();
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      github.poison(poison);
      CliProcess run = cli(github).run("run", "sim/repo", "--include", "details", "--json");
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(3);
      JsonNode stream =
          new ObjectMapper()
              .readTree(run.out())
              .path("repositories")
              .path(0)
              .path("streams")
              .path(0);
      assertThat(stream.path("outcome").asText()).isEqualTo("completed_with_gaps");
      assertThat(stream.path("quarantined").asInt()).isEqualTo(1);
      assertThat(stream.path("inserted").asInt()).isEqualTo(59);
      assertThat(HistoryRows.inDefaultDatabase(folder).get("pull requests"))
          .hasSize(59)
          .noneMatch(row -> row.startsWith(poison + "|"));
    }
  }

  @Test
  void endsAtItsLimitAndGoesOnThere() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      String[] args = {
        "run", "sim/repo", "SIM/Repo", "--include=none", "--chunk-size=30", "--max-chunks=1"
      };
      CliProcess first = cli(github).run(args);
      assertThat(first.exitCode()).as(first.toString()).isZero();
      assertThat(first.out()).contains("limit reached", "30 of about", "30 new");
      CliProcess second = cli(github).run(args);
      assertThat(second.out()).contains("60 of about", "30 new");
    }
  }

  @Test
  void withoutWaitingItEndsWhenTheQuotaIsSpentAndSaysWhenToComeBack() throws IOException {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 120);
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).quota(100, Duration.ofHours(1)).start()) {
      CliProcess run = cli(github).run("run", "sim/repo", "--no-wait", "--json");
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(75);
      JsonNode json = new ObjectMapper().readTree(run.out());
      assertThat(json.path("status").asText()).isEqualTo("waiting");
      Instant until = Instant.parse(json.path("until").asText());
      assertThat(until).isBetween(Instant.now(), Instant.now().plus(Duration.ofMinutes(61)));
      assertThat(run.err())
          .contains("Come back at " + Format.moment(until, ZoneId.systemDefault()) + ".");
      assertThat(github.violations()).isZero();
      CliProcess status = cli(github).run("status");
      assertThat(status.out()).contains("waiting", "waits until");
    }
  }

  @Test
  void waitsForQuotaAndCompletes() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 100);
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(100, Duration.ofSeconds(3))
            .start()) {
      CliProcess run = cli(github).run(ALL);
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(run.err()).contains("waits until");
      assertThat(github.violations()).isZero();
      assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(HistoryRows.of(repository));
    }
  }

  private CliProcess.Builder cli(SimulatedGitHub github) {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url());
  }
}
