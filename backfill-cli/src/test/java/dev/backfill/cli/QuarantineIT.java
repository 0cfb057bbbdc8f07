package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A pull request that GitHub cannot deliver, from quarantine to its row. */
@Timeout(180)
class QuarantineIT {

  private static final String TOKEN = "ghp_tokenOfTheQuarantineTests";

  @TempDir Path folder;

  @Test
  void aPoisonPullRequestIsNamedAndStoredByARetryOnceItIsHealed() {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
    int poison = repository.numbers().skip(40).findFirst().orElseThrow();
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).token(TOKEN).start()) {
      github.poison(poison);
      CliProcess run = cli(github).run("run", "sim/repo");
      assertThat(run.exitCode()).as(run.toString()).isEqualTo(3);
      assertThat(stored()).hasSize(59).isEqualTo(without(poison, HistoryRows.queried(repository)));

      CliProcess list = cli(github).run("quarantine", "list");
      assertThat(list.exitCode()).as(list.toString()).isZero();
      assertThat(list.out().lines())
          .hasSize(2)
          .last()
          .asString()
          .contains("sim/repo", "pull requests", " " + poison + " ", "502");

      CliProcess early = cli(github).run("quarantine", "retry");
      assertThat(early.exitCode()).as(early.toString()).isEqualTo(3);

      github.heal(poison);
      CliProcess retry = cli(github).run("quarantine", "retry");
      assertThat(retry.exitCode()).as(retry.toString()).isZero();
      assertThat(stored()).hasSize(60);
      assertThat(without(poison, stored()))
          .isEqualTo(without(poison, HistoryRows.queried(repository)));
      assertThat(stored()).as("it is read by REST").contains(row(poison, repository));
      assertThat(cli(github).run("quarantine", "list").err()).contains("Nothing is in quarantine.");
      assertThat(cli(github).run("run", "sim/repo").exitCode()).as("no gap is left").isZero();
    }
  }

  private CliProcess.Builder cli(SimulatedGitHub github) {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", TOKEN);
  }

  private List<String> stored() {
    return HistoryRows.inDefaultDatabase(folder).get("pull requests");
  }

  private static List<String> without(int number, Map<String, List<String>> rows) {
    return without(number, rows.get("pull requests"));
  }

  private static List<String> without(int number, List<String> rows) {
    return rows.stream().filter(row -> !row.startsWith(number + "|")).toList();
  }

  private static String row(int number, SimulatedRepository repository) {
    return HistoryRows.of(repository).get("pull requests").stream()
        .filter(row -> row.startsWith(number + "|"))
        .findFirst()
        .orElseThrow();
  }
}
