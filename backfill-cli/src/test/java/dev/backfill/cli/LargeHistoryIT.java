package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Order(3)
class LargeHistoryIT {

  private static final int PULL_REQUESTS = 100_000;

  @TempDir Path folder;

  @Test
  void aHundredThousandPullRequestsFitInA96MegabyteHeapAndCostAThousandRequests() throws Exception {
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(SimulatedRepository.of("sim/large", PULL_REQUESTS))
            .quota(1_000_000, Duration.ofHours(1))
            .start()) {
      CliProcess run =
          CliProcess.in(folder)
              .env("GITHUB_API_URL", gitHub.url())
              .jvm("-Xmx96m")
              .run(Duration.ofMinutes(8), "run", "sim/large", "--include", "none");

      assertThat(run.exitCode()).as(run.toString()).isZero();
      assertThat(gitHub.requests(Endpoint.PULL_REQUESTS))
          .as("the count, the first page twice, a look behind the full last one, what changed")
          .isEqualTo(PULL_REQUESTS / 100 + 4);
      assertThat(gitHub.requests()).isLessThanOrEqualTo(PULL_REQUESTS / 100 + 10);
    }
    assertThat(count("SELECT COUNT(*) FROM pull_requests")).isEqualTo(PULL_REQUESTS);
    assertThat(count("SELECT COUNT(DISTINCT github_id) FROM pull_requests"))
        .isEqualTo(PULL_REQUESTS);
    assertThat(count("SELECT SUM(quota_spent) FROM backfill_chunks"))
        .isBetween(PULL_REQUESTS / 100L, PULL_REQUESTS / 100L + 10);
  }

  private long count(String sql) throws Exception {
    try (Connection connection = DefaultDatabase.connect(folder);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }
}
