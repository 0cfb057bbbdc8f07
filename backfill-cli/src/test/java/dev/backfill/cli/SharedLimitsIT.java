package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two processes of the real program with one token and one database. */
@Timeout(180)
class SharedLimitsIT {

  private static final String TOKEN = "ghp_tokenOfTheSharedLimitsTests";

  @TempDir Path folder;

  private CliProcess run(SimulatedGitHub github, String token, String repository) {
    return CliProcess.in(folder)
        .env("GITHUB_API_URL", github.url())
        .env("GITHUB_TOKEN", token)
        .run("run", repository, "--no-wait", "--include", "none");
  }

  @Test
  void whatOneProcessIsToldToWaitAnotherWaitsToo() {
    try (SimulatedGitHub github =
        SimulatedGitHub.builder()
            .repository(
                SimulatedRepository.of("sim/one", 30),
                SimulatedRepository.of("sim/two", 3),
                SimulatedRepository.of("sim/three", 3))
            .start()) {
      github.limitNext(Duration.ofMinutes(20));
      CliProcess first = run(github, TOKEN, "sim/one");
      assertThat(first.exitCode()).as(first.toString()).isEqualTo(75);
      long requested = github.requests();

      CliProcess second = run(github, TOKEN, "sim/two");
      assertThat(second.exitCode()).as(second.toString()).isEqualTo(75);
      assertThat(second.err()).contains("Come back at");
      assertThat(github.requests()).as("the second process asks nothing").isEqualTo(requested);

      CliProcess other = run(github, TOKEN + "2", "sim/three");
      assertThat(other.exitCode()).as(other.toString()).isZero();
      assertThat(github.violations()).isZero();
      assertThat(StoredTexts.inDefaultDatabase(folder).column("backfill_limits", "principal"))
          .isNotEmpty()
          .allMatch(principal -> principal.matches("[0-9a-f]{32}"));
    }
  }
}
