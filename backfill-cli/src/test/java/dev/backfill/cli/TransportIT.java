package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The transport that a run was told to take. */
class TransportIT {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"auto, true, true", "graphql, true, true", "rest, true, false", "auto, false, false"})
  void aRunReadsInTheWayThatWasChosen(String transport, boolean token, boolean byQueries) {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess run = cli(github, token).run("run", "sim/repo", "--transport", transport);
      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(run.out()).contains("60 of 60", "60 new");
      assertThat(github.requests(Endpoint.GRAPHQL) > 0).isEqualTo(byQueries);
      assertThat(github.requests(Endpoint.PULL_REQUEST)).isEqualTo(byQueries ? 0 : 60);
    }
  }

  @Test
  void theListAloneGoesByRestUnlessGraphQlIsAskedFor() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      CliProcess list = cli(github, true).run("run", "sim/repo", "--include", "none");
      assertThat(list.exitCode()).as(list.toString()).isZero();
      assertThat(github.requests(Endpoint.GRAPHQL)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rest", "graphql", "auto"})
  void whatIsInQuarantineIsReadAgainHoweverTheHistoryWasRead(String transport) {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
    int poison = repository.numbers().skip(40).findFirst().orElseThrow();
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start()) {
      github.poison(poison);
      CliProcess run = cli(github, true).run("run", "sim/repo", "--transport", transport);
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(3);
      assertThat(HistoryRows.inDefaultDatabase(folder).get("pull requests")).hasSize(59);

      github.heal(poison);
      CliProcess retry = cli(github, true).run("quarantine", "retry");
      assertThat(retry.exitCode()).as(retry.toString()).isZero();
      assertThat(HistoryRows.inDefaultDatabase(folder).get("pull requests"))
          .hasSize(60)
          .anyMatch(row -> row.startsWith(poison + "|"));
      assertThat(ids(HistoryRows.inDefaultDatabase(folder).get("reviews")))
          .isEqualTo(ids(HistoryRows.of(repository).get("reviews")));

      long before = github.requests();
      CliProcess again = cli(github, true).run("run", "sim/repo", "--transport", transport);
      assertThat(again.exitCode()).as(again.toString()).isZero();
      assertThat(github.requests() - before).as("nothing was read again").isLessThanOrEqualTo(8);
    }
  }

  private static List<String> ids(List<String> rows) {
    return rows.stream().map(row -> row.substring(0, row.indexOf('|'))).toList();
  }

  private CliProcess.Builder cli(SimulatedGitHub github, boolean token) {
    CliProcess.Builder cli = CliProcess.in(folder).env("GITHUB_API_URL", github.url());
    return token ? cli.env("GITHUB_TOKEN", "token") : cli;
  }
}
