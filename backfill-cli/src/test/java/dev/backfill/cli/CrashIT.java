package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} at random moments, again and again: the run that is at last left alone ends with
 * the rows of one that was never disturbed. {@code -Dbackfill.kills=200} for more; the seed is in
 * the message of a failure.
 */
@Order(1)
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class CrashIT {

  private static final int KILLS = Integer.getInteger("backfill.kills", 20);
  private static final long SEED = Long.getLong("backfill.seed", System.nanoTime());

  @TempDir Path folder;

  private final Random random = new Random(SEED);

  @Test
  void killedAtRandomMomentsTheRowsAreThoseOfAnUndisturbedRunOnH2() throws Exception {
    killAndFinish(DefaultDatabase.url(folder), "", "run", "sim/repo", "--parallel", "3");
  }

  @Test
  void killedAtRandomMomentsTheRowsAreThoseOfAnUndisturbedRunOnPostgres() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      String url = "jdbc:postgresql://localhost:%d/postgres".formatted(postgres.getPort());
      killAndFinish(
          url,
          "postgres",
          "run",
          "sim/repo",
          "--parallel",
          "3",
          "--jdbc-url",
          url,
          "--jdbc-user",
          "postgres");
    }
  }

  private void killAndFinish(String url, String user, String... args) throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 20 + 35 * KILLS);
    try (SimulatedGitHub gitHub =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(1_000_000, Duration.ofHours(1))
            .latency(Duration.ofMillis(15), Duration.ofMillis(45))
            .start()) {
      CliProcess.Builder cli = CliProcess.in(folder).env("GITHUB_API_URL", gitHub.url());
      int killedAtWork = 0;
      for (int kill = 1; kill <= KILLS; kill++) {
        long before = gitHub.requests();
        try (CliProcess run = cli.start(args)) {
          // From the first request on, so that most kills meet a run at work; some meet its start.
          if (random.nextInt(4) > 0) {
            run.awaitThat("the run asks GitHub", () -> gitHub.requests() > before);
          }
          pause(random.nextInt(900));
          killedAtWork += run.isAlive() && gitHub.requests() > before ? 1 : 0;
          run.kill();
        }
      }
      CliProcess last = cli.run(Duration.ofMinutes(5), args);

      String seed = "seed %d%n%s".formatted(SEED, last);
      assertThat(last.exitCode()).as(seed).isZero();
      assertThat(HistoryRows.in(url, user)).as(seed).isEqualTo(HistoryRows.of(repository));
      ChunkLedger.assertSound(url, user, seed);
      assertThat(killedAtWork).as("kills that met a run at work").isGreaterThan(KILLS / 2);
    }
  }

  /** Real time, since what is waited for is a moment in another process. */
  private static void pause(long millis) throws InterruptedException {
    TimeUnit.MILLISECONDS.sleep(millis);
  }
}
