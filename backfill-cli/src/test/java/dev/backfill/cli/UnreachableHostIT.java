package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The one test that waits as long as a user would: retries go on for a minute and a half. */
@Order(4)
class UnreachableHostIT {

  @TempDir Path folder;

  @Test
  void givesUpAfterAtMostTwoMinutes() throws IOException {
    CliProcess run =
        CliProcess.in(folder)
            .env("GITHUB_API_URL", "http://127.0.0.1:" + FailureIT.closedPort())
            .run(Duration.ofMinutes(2), "run", "sim/repo");
    FailureIT.assertFails(run, 1, "127.0.0.1");
    assertThat(run.err()).contains("attempt 1 failed");
  }
}
