package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rows that are gone are found, and just these are read again. */
@Timeout(180)
class VerificationIT {

  private static final String TOKEN = "ghp_tokenOfTheVerificationTests";

  @TempDir Path folder;

  @Test
  void rowsThatSomebodyDeletedComeBackWithTheNextRun() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 250);
    try (SimulatedGitHub github =
        SimulatedGitHub.builder().repository(repository).token(TOKEN).start()) {
      CliProcess.Builder cli =
          CliProcess.in(folder).env("GITHUB_API_URL", github.url()).env("GITHUB_TOKEN", TOKEN);
      CliProcess first = cli.run("run", "sim/repo");
      assertThat(first.exitCode()).as(first.toString()).isZero();
      int comments = stored("review comments");

      execute("DELETE FROM pull_requests WHERE MOD(number, 50) = 7");
      execute("DELETE FROM review_comments WHERE MOD(github_id, 11) = 3");
      int remaining = stored("pull requests");
      assertThat(remaining).isLessThan(250);
      assertThat(stored("review comments")).isLessThan(comments);
      CliProcess second = cli.run("run", "sim/repo");

      assertThat(second.exitCode()).as(second.toString()).isZero();
      assertThat(stored("pull requests")).isEqualTo(250);
      assertThat(stored("review comments")).isEqualTo(comments);

      // A row that GitHub does not have hides one that is missing, from numbers alone.
      execute(
          "UPDATE pull_requests SET number = 999999 WHERE number = (SELECT MIN(number) FROM pull_requests)");
      CliProcess blind = cli.run("run", "sim/repo");
      assertThat(blind.exitCode()).as(blind.toString()).isZero();
      assertThat(stored("pull requests")).isEqualTo(250);
      CliProcess verified = cli.run("run", "sim/repo", "--verify");
      assertThat(verified.exitCode()).as(verified.toString()).isZero();
      assertThat(stored("pull requests")).isEqualTo(251);
      CliProcess status = cli.run("status");
      assertThat(status.out()).contains("251 of 251");
    }
  }

  private int stored(String stream) {
    return HistoryRows.inDefaultDatabase(folder).get(stream).size();
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = DefaultDatabase.connect(folder);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
