package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.pooler.PgBouncer;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two workers, and kills, through a pooler that gives a connection to each transaction. */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PoolerIT {

  private static final int KILLS = Integer.getInteger("backfill.pooler.kills", 5);
  private static final long SEED = Long.getLong("backfill.seed", System.nanoTime());
  private static final int CONNECTIONS = 4;

  @TempDir Path folder;
  @TempDir Path poolerFolder;

  @Test
  void twoWorkersThatAreKilledInTurnStoreTheRowsOfAnUndisturbedRunThroughAPooler()
      throws Exception {
    assumeTrue(
        PgBouncer.isAvailable(),
        "there is no pgbouncer on the path, so nothing is tried through a pooler");
    Random random = new Random(SEED);
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 80 + 50 * KILLS);
    try (PostgresServer postgres = PostgresServer.start();
        PgBouncer pooler = PgBouncer.start(poolerFolder, postgres.port(), CONNECTIONS);
        SimulatedGitHub gitHub =
            SimulatedGitHub.builder()
                .repository(repository)
                .quota(1_000_000, Duration.ofHours(1))
                .latency(Duration.ofMillis(10), Duration.ofMillis(40))
                .start()) {
      CliProcess.Builder cli = CliProcess.in(folder).env("GITHUB_API_URL", gitHub.url());
      String[] run = {
        "run",
        "sim/repo",
        "--chunk-size=10",
        "--lease=PT2S",
        "--jdbc-url",
        pooler.url(),
        "--jdbc-user",
        PostgresServer.USER
      };
      CliProcess[] workers = {cli.start(run), cli.start(run)};
      try {
        for (int kill = 0; kill < KILLS; kill++) {
          long before = gitHub.requests();
          workers[kill % 2].awaitThat(
              "somebody works", () -> gitHub.requests() > before || isDone(postgres));
          TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
          workers[kill % 2].kill();
          workers[kill % 2] = cli.start(run);
        }
        String context = "seed %d%n%s%n%s".formatted(SEED, workers[0], workers[1]);
        assertThat(workers[0].await(Duration.ofMinutes(5))).as(context).isZero();
        assertThat(workers[1].await(Duration.ofMinutes(5))).as(context).isZero();
        assertThat(HistoryRows.in(postgres.url(), PostgresServer.USER))
            .as(context)
            .isEqualTo(HistoryRows.of(repository));
        ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, context);
      } finally {
        workers[0].close();
        workers[1].close();
      }
    }
  }

  private static boolean isDone(PostgresServer postgres) {
    return postgres.countIfPresent(
            "SELECT COUNT(*) FROM backfill_progress WHERE status = 'completed'")
        == 3;
  }
}
