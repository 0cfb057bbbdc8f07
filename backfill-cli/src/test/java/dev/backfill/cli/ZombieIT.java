package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A worker is stopped (SIGSTOP, as a frozen machine would be) past the end of its lease, and wakes
 * up when another has taken its work over.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ZombieIT {

  private static final int ROUNDS = Integer.getInteger("backfill.zombies", 1);
  private static final long SEED = Long.getLong("backfill.seed", System.nanoTime());
  private static final String[] RUN = {"run", "sim/repo", "--lease=PT1S", "--chunk-size=10"};

  @TempDir Path folder;

  private enum Wakes {
    WHILE_ANOTHER_WORKS,
    AFTER_ANOTHER_HAS_FINISHED
  }

  @ParameterizedTest
  @EnumSource
  void aForgottenWorkerThatWakesUpCommitsNothingAndSaysSo(Wakes wakes) throws Exception {
    Random random = new Random(SEED);
    for (int round = 1; round <= ROUNDS; round++) {
      try (PostgresServer postgres = PostgresServer.start()) {
        round(postgres, wakes, random);
      }
    }
  }

  private void round(PostgresServer postgres, Wakes wakes, Random random) throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 200);
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(1_000_000, Duration.ofHours(1))
            .latency(Duration.ofMillis(10), Duration.ofMillis(40))
            .start()) {
      CliProcess.Builder cli = CliProcess.in(folder).env("GITHUB_API_URL", gitHub.url());
      try (CliProcess zombie = cli.start(postgres.with(RUN))) {
        zombie.awaitThat(
            "has stored pull requests", () -> zombie.err().contains("pull requests: 10 of"));
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
        zombie.signal("STOP");
        long fence = postgres.count("SELECT MAX(fence) FROM backfill_progress");
        try (CliProcess successor = cli.start(postgres.with(RUN))) {
          if (wakes == Wakes.AFTER_ANOTHER_HAS_FINISHED) {
            assertThat(successor.await()).as(successor.toString()).isZero();
          } else {
            successor.awaitThat(
                "has taken over and stored",
                () ->
                    postgres.countIfPresent(
                            "SELECT COUNT(*) FROM backfill_chunks WHERE fence > " + fence)
                        > 0);
          }
          long chunks = postgres.count("SELECT COUNT(*) FROM backfill_chunks");
          zombie.signal("CONT");

          String context = "seed %d%nzombie%n%s%nheir%n%s".formatted(SEED, zombie, successor);
          assertThat(zombie.await()).as(context).isZero();
          assertThat(successor.await()).as(context).isZero();
          assertThat(zombie.err())
              .contains("no longer holds", "took over its lease", "Nothing was written");
          if (wakes == Wakes.AFTER_ANOTHER_HAS_FINISHED) {
            assertThat(chunks).as(context).isPositive();
          }
          assertThat(HistoryRows.in(postgres.url(), PostgresServer.USER))
              .as(context)
              .isEqualTo(HistoryRows.of(repository));
          ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, context);
        }
      }
    }
  }
}
