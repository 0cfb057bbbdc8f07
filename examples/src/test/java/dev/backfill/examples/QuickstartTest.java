package dev.backfill.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.JobResult;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  @Test
  void storesEverythingAndRunAgainHasNothingMoreToDo(@TempDir Path directory) throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/quickstart", 150);
    try (SimulatedGitHub gitHub = SimulatedGitHub.builder().repository(repository).start()) {
      List<JobResult> first = run(gitHub, directory);
      assertThat(first).extracting(JobResult::outcome).containsOnly(JobResult.Outcome.COMPLETED);
      assertThat(text())
          .containsPattern("pull requests +150")
          .containsPattern("reviews +%,d".formatted(repository.reviewCount()))
          .containsPattern("github:pull-requests +begins\\R")
          .doesNotContain("continues after item 0");
      assertThat(pullRequestsAt(printedAddress())).isEqualTo(150);
      long requests = gitHub.requests();

      List<JobResult> second = run(gitHub, directory);

      assertThat(second).allSatisfy(result -> assertThat(result.counts().items()).isZero());
      assertThat(gitHub.requests() - requests).isLessThanOrEqualTo(4);
    }
  }

  private List<JobResult> run(SimulatedGitHub gitHub, Path directory) throws Exception {
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      return QuickstartMain.run(
          "sim/quickstart", gitHub.url(), BackfillSettings.builder().build(), directory, out);
    }
  }

  private String printedAddress() {
    Matcher printed = Pattern.compile("\\((jdbc:.+), user sa, no password\\)").matcher(text());
    assertThat(printed.find()).as(text()).isTrue();
    return printed.group(1);
  }

  private static int pullRequestsAt(String address) throws SQLException {
    try (Connection connection = DriverManager.getConnection(address, "sa", "");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM pull_requests")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
