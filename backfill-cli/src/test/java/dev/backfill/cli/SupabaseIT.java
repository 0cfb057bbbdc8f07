package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.SupabaseProject;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The real program with a Supabase project's URL and key, and nothing else. */
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class SupabaseIT {

  private static final int KILLS = Integer.getInteger("backfill.kills", 20);
  private static final long SEED = Long.getLong("backfill.seed", System.nanoTime());

  @TempDir Path folder;
  private final SimulatedRepository repository =
      SimulatedRepository.of("sim/repo", 20 + 20 * KILLS);
  private final Random random = new Random(SEED);
  private SimulatedGitHub github;
  private SupabaseProject project;
  private SimulatedSupabase api;

  @BeforeEach
  void start() throws SQLException {
    project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
    api = SimulatedSupabase.over(project.api()).start();
    github =
        SimulatedGitHub.builder()
            .repository(repository)
            .quota(1_000_000, Duration.ofHours(1))
            .latency(Duration.ofMillis(5), Duration.ofMillis(15))
            .start();
  }

  @AfterEach
  void stop() {
    github.close();
    api.close();
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder)
        .env("GITHUB_API_URL", github.url())
        .env("SUPABASE_URL", api.url())
        .env("SUPABASE_SERVICE_ROLE_KEY", api.keys().secret());
  }

  private CliProcess run(String line) {
    CliProcess run = cli().run(Duration.ofMinutes(3), line.split(" "));
    assertThat(run.toString()).doesNotContain(api.keys().secret(), api.keys().serviceRole());
    return run;
  }

  private CliProcess done(String line) {
    CliProcess run = run(line);
    assertThat(run.exitCode()).as("%s: %s", line, run).isZero();
    return run;
  }

  private void assertExact(String context) throws SQLException {
    try (Connection connection = project.owner().getConnection()) {
      String url = connection.getMetaData().getURL();
      String user = connection.getMetaData().getUserName();
      assertThat(HistoryRows.in(url, user)).as(context).isEqualTo(HistoryRows.of(repository));
      ChunkLedger.assertSound(url, user, context);
    }
    assertThat(api.violations()).as(context).isEmpty();
  }

  @Test
  void theUrlAndTheKeyAreEnough() throws Exception {
    done("run sim/repo --include details,reviews,review-comments,issue-comments,labels,milestones");
    assertExact("the first run");
    assertThat(SupabaseProject.query(project.owner(), "SELECT name FROM repository_labels"))
        .hasSameSizeAs(repository.list(RepositoryLists.LABELS).rows());
    CliProcess second = done("run sim/repo");
    assertThat(second.out()).contains("0 new");
    assertExact("the second run");
    assertThat(folder).as("no database of our own").isEmptyDirectory();
  }

  @Test
  void aBackfillContinuesOverAConnectionAndBack() throws Exception {
    done("run sim/repo --max-chunks 3");
    String url;
    String user;
    try (Connection connection = project.owner().getConnection()) {
      url = connection.getMetaData().getURL();
      user = connection.getMetaData().getUserName();
    }
    done("run sim/repo --max-chunks 3 --jdbc-url " + url + " --jdbc-user " + user);
    done("run sim/repo");
    assertExact("over REST, over JDBC, over REST");
  }

  @ParameterizedTest
  @ValueSource(strings = {"service_role", "sb_secret"})
  void bothKindsOfKeysWork(String kind) {
    String key = kind.equals("service_role") ? api.keys().serviceRole() : api.keys().secret();
    CliProcess status = cli().env("SUPABASE_SERVICE_ROLE_KEY", key).run("status");
    assertThat(status.exitCode()).as(status.toString()).isZero();
  }

  @Test
  void everyCommandWorks() {
    done("track sim/repo");
    done("worker --once --include none --max-duration PT5S");
    done("status");
    done("status --json");
    done("explain sim/repo");
    done("history sim/repo");
    done("export --csv");
    done("quarantine list");
    done("pause sim/repo --reason test");
    done("resume sim/repo");
    done("sync sim/repo --include none");
    done("reload sim/repo --include none");
    done("cancel sim/repo");
    done("detect --include none");
    done("actions disable --reason test");
    done("actions enable");
    done("prune --dry-run");
    done("prune");
    done("untrack sim/repo");
    assertThat(api.violations()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run sim/repo", "status", "track sim/repo", "pause sim/repo"})
  void aKeyOfAnotherRoleIsRefusedWithAdvice(String line) {
    CliProcess run = cli().env("SUPABASE_SERVICE_ROLE_KEY", api.keys().anon()).run(line.split(" "));
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).contains("service_role");
    assertThat(run.toString()).doesNotContain(api.keys().anon());
  }

  @Test
  void withoutTheMigrationARunNamesTheCommandThatPrintsIt() throws Exception {
    api.close();
    api = SimulatedSupabase.over(SupabaseProject.create().api()).start();
    CliProcess run = run("run sim/repo");
    assertThat(run.exitCode()).as(run.toString()).isEqualTo(1);
    assertThat(run.err()).contains("backfill schema --supabase");
  }

  @Test
  void killedAtRandomMomentsTheRowsAreThoseOfAnUndisturbedRun() throws Exception {
    String[] args = {"run", "sim/repo", "--parallel", "3"};
    int killedAtWork = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      long before = github.requests();
      try (CliProcess run = cli().start(args)) {
        if (random.nextInt(4) > 0) {
          run.awaitThat("the run asks GitHub", () -> github.requests() > before);
        }
        // Real time: what is waited for is a moment in another process.
        TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
        killedAtWork += run.isAlive() && github.requests() > before ? 1 : 0;
        run.kill();
      }
    }
    CliProcess last = cli().run(Duration.ofMinutes(5), args);
    String context = "seed %d%n%s".formatted(SEED, last);
    assertThat(last.exitCode()).as(context).isZero();
    assertExact(context);
    assertThat(killedAtWork).as("kills that met a run at work").isGreaterThan(KILLS / 2);
  }
}
