package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database goes away under a run that goes on by itself, with the rows of an undisturbed one.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ServerDeathIT {

  private static final int DEATHS = Integer.getInteger("backfill.deaths", 2);
  private static final int CUTS = Integer.getInteger("backfill.cuts", 10);
  private static final int REFUSALS = Integer.getInteger("backfill.refusals", 3);
  private static final long SEED = Long.getLong("backfill.seed", System.nanoTime());
  private static final String[] RUN = {"run", "sim/repo", "--chunk-size=10", "--verbose"};

  private final Random random = new Random(SEED);
  private final SimulatedRepository repository =
      SimulatedRepository.of("sim/repo", 150 + 40 * Math.max(DEATHS, CUTS / 5));
  private PostgresServer postgres;
  private SimulatedGitHub gitHub;

  @TempDir Path folder;

  @BeforeEach
  void start() throws Exception {
    postgres = PostgresServer.start();
    gitHub =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(1_000_000, Duration.ofHours(1))
            .latency(Duration.ofMillis(10), Duration.ofMillis(40))
            .start();
  }

  @AfterEach
  void stop() {
    gitHub.close();
    postgres.close();
  }

  @Test
  void aServerThatIsKilledAndStartedAgainIsWaitedFor() throws Exception {
    try (CliProcess run = cli().start(postgres.with(RUN))) {
      for (int death = 1; death <= DEATHS; death++) {
        awaitMoreChunks(run);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
        postgres.kill();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(1_000));
        postgres.startAgain();
      }
      assertRecovers(run, "A retry may succeed.");
    }
  }

  @Test
  void connectionsThatAreCutAgainAndAgainAreReplaced() throws Exception {
    try (CliProcess run = cli().start(postgres.with(RUN))) {
      awaitMoreChunks(run);
      long cut = 0;
      for (int i = 1; i <= CUTS && run.isAlive(); i++) {
        cut +=
            postgres.count(
                "SELECT COUNT(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity"
                    + " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()");
        TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
      }
      assertThat(cut).as("connections cut").isPositive();
      assertRecovers(run, "");
    }
  }

  @Test
  void commitsThatTimeOutBehindAnothersLockAreRepeated() throws Exception {
    postgres.execute("ALTER ROLE postgres SET lock_timeout = '150ms'");
    postgres.execute("ALTER ROLE postgres SET statement_timeout = '300ms'");
    try (CliProcess run = cli().start(postgres.with(RUN))) {
      for (int refusal = 1; refusal <= REFUSALS; refusal++) {
        awaitMoreChunks(run);
        try (var blocker = postgres.connect();
            var statement = blocker.createStatement()) {
          blocker.setAutoCommit(false);
          statement.execute("SET LOCAL lock_timeout = 0");
          statement.execute("SET LOCAL statement_timeout = 0");
          // Odd: the lock waits for the progress; even: a write of items hangs until its time-out.
          statement.execute(
              refusal % 2 == 1
                  ? "SELECT * FROM backfill_progress FOR UPDATE"
                  : "LOCK TABLE pull_requests IN EXCLUSIVE MODE");
          TimeUnit.MILLISECONDS.sleep(800);
          blocker.rollback();
        }
      }
      assertRecovers(run, "55P03");
    }
  }

  private void awaitMoreChunks(CliProcess run) {
    String chunks = "SELECT COUNT(*) FROM backfill_chunks";
    long before = postgres.countIfPresent(chunks);
    run.awaitThat("stores chunks", () -> postgres.countIfPresent(chunks) > before + 2);
  }

  private void assertRecovers(CliProcess run, String stated) throws SQLException {
    int exitCode = run.await(Duration.ofMinutes(5));
    String context = "seed %d%n%s".formatted(SEED, run);
    assertThat(exitCode).as(context).isZero();
    assertThat(run.err()).as(context).contains(stated);
    assertThat(HistoryRows.in(postgres.url(), PostgresServer.USER))
        .as(context)
        .isEqualTo(HistoryRows.of(repository));
    ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, context);
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder).env("GITHUB_API_URL", gitHub.url());
  }
}
