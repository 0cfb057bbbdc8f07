package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The database's disk fills up: nobody's item is to blame, and with more space the run goes on. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FullDiskIT {

  private static final String[] RUN = {"run", "sim/repo", "--chunk-size=10"};

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 300);
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
            .start();
  }

  @AfterEach
  void stop() {
    gitHub.close();
    postgres.close();
  }

  @Test
  void aDatabaseThatSaysItsDiskIsFullEndsTheRunWithAdvice() throws Exception {
    assertThat(cli().run(postgres.with("run", "sim/repo", "--max-chunks=3")).exitCode()).isZero();
    postgres.execute(
        "CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE"
            + " 'could not extend file: No space left on device' USING ERRCODE = '53100'; END $$");
    postgres.execute(
        "CREATE TRIGGER no_space BEFORE INSERT ON accounts EXECUTE FUNCTION no_space()");
    assertFailsForSpace(cli().run(postgres.with(RUN)));

    postgres.execute("DROP TRIGGER no_space ON accounts");
    assertCompletes();
  }

  @Test
  void aDiskThatReallyFillsUpEndsTheRunWithAdvice() throws Exception {
    Path small = Files.createDirectory(folder.resolve("small"));
    assumeTrue(
        succeeds("mount", "-t", "tmpfs", "-o", "size=1600k,mode=0777", "tmpfs", small.toString()),
        "no file system can be mounted here (that takes root); the trigger stands in for it");
    try {
      postgres.execute("CREATE TABLESPACE small LOCATION '" + small + "'");
      postgres.execute("ALTER ROLE postgres SET default_tablespace = small");
      assertFailsForSpace(cli().run(postgres.with(RUN)));

      assertThat(succeeds("mount", "-o", "remount,size=64m", small.toString())).isTrue();
      assertCompletes();
    } finally {
      postgres.close();
      assertThat(succeeds("umount", small.toString())).isTrue();
    }
  }

  private void assertFailsForSpace(CliProcess run) throws Exception {
    FailureIT.assertFails(
        run, 1, "sim/repo", "53100", "No space left on device", "Free or add disk space");
    assertThat(postgres.count("SELECT COUNT(*) FROM backfill_quarantine")).isZero();
    ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, run);
  }

  private void assertCompletes() throws Exception {
    CliProcess run = cli().run(postgres.with(RUN));
    assertThat(run.exitCode()).as(run.toString()).isZero();
    assertThat(HistoryRows.in(postgres.url(), PostgresServer.USER))
        .as(run.toString())
        .isEqualTo(HistoryRows.of(repository));
    ChunkLedger.assertSound(postgres.url(), PostgresServer.USER, run);
  }

  private static boolean succeeds(String... command) throws Exception {
    return new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start()
            .waitFor()
        == 0;
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder).env("GITHUB_API_URL", gitHub.url());
  }
}
