package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pull requests that the database refuses, from quarantine to their rows. */
@Timeout(180)
class PoisonItemIT {

  private static final String TOKEN = "ghp_tokenOfThePoisonTests";

  @TempDir Path folder;

  @Test
  void sevenOfAThousandAreNamedWithExitCode3AndARetryStoresThemOnceTheCauseIsGone()
      throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 1_000);
    List<Integer> numbers = repository.numbers().boxed().toList();
    List<Integer> poison =
        List.of(0, 24, 25, 400, 777, 998, 999).stream().map(numbers::get).toList();
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).token(TOKEN).start()) {
      CliProcess.Builder cli =
          CliProcess.in(folder).env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", TOKEN);
      assertThat(cli.run("run", "missing/repo").exitCode()).as("creates the tables").isEqualTo(1);
      execute(
          "ALTER TABLE pull_requests ADD CONSTRAINT title_policy CHECK (%s)"
              .formatted(
                  poison.stream()
                      .map(number -> "number <> " + number)
                      .collect(Collectors.joining(" AND "))));

      CliProcess tooStrict =
          cli.run("run", "sim/repo", "--include", "details", "--max-quarantined", "3");
      assertThat(tooStrict.exitCode()).as(tooStrict.toString()).isEqualTo(1);
      assertThat(tooStrict.err()).contains("failure budget of 3");

      CliProcess first = cli.run("run", "sim/repo", "--include", "details");
      assertThat(first.exitCode()).as(first.toString()).isEqualTo(3);
      assertThat(stored()).isEqualTo(993);

      CliProcess list = cli.run("quarantine", "list");
      assertThat(list.out().lines())
          .as(list.toString())
          .hasSize(8)
          .filteredOn(line -> line.contains("TITLE_POLICY"))
          .hasSize(7);

      execute("ALTER TABLE pull_requests DROP CONSTRAINT title_policy");
      CliProcess retry = cli.run("quarantine", "retry");
      assertThat(retry.exitCode()).as(retry.toString()).isZero();
      assertThat(stored()).isEqualTo(1_000);
    }
  }

  private int stored() {
    return HistoryRows.inDefaultDatabase(folder).get("pull requests").size();
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = DefaultDatabase.connect(folder);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
