package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.ManagerRules;
import dev.backfill.github.GitHub;
import dev.backfill.github.GitHubActionsDispatcher;
import dev.backfill.github.GitHubIssueReporter;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.github.SimulatedActions;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.SimulatedWorkflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole story, over real HTTP and a real PostgreSQL: a host with a manager, and a worker that
 * the example workflow's own script starts.
 */
@Order(2)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class StoryIT {

  private static final String TOKEN = "story-token-0815";
  private static final String HOSTS_TOKEN = "host-token-4711";
  private static final String HOST = "sim/host";
  private static final String FILE = "progressive-backfill.yml";

  /** Sent elsewhere for its size. */
  private static final String BIG = "sim/big";

  /** Sent elsewhere by its hash, 19.19. */
  private static final String SMALL = "sim/little";

  /** Runs here by its hash, 58.73. */
  private static final String EMPTY = "sim/empty";

  private static final int BIG_SIZE = 60_000;
  private static final int SMALL_SIZE = 40;

  @TempDir Path folder;

  @Test
  void trackedRoutedDispatchedFallenBackLimitedFailedReportedRecoveredAndComplete()
      throws Exception {
    try (PostgresServer postgres = PostgresServer.start();
        SimulatedGitHub github = github();
        HikariDataSource pool = pool(postgres);
        GitHub client = GitHub.builder().apiUrl(github.url()).token(HOSTS_TOKEN).build()) {
      github.actions().add(HOST, SimulatedWorkflow.of(FILE));
      JdbcStore store = JdbcStore.open(pool);
      store.installSchema();
      try (BackfillManager host = host(store, client)) {
        List.of(BIG, SMALL, EMPTY).forEach(host::track);
        // What is to fail later: nobody can see it, and nobody ever takes its run.
        github.hide(SMALL);
        host.start();

        await("both runs", () -> github.actions().runs().size() == 2);
        assertThat(placement(store, BIG))
            .isEqualTo("github-actions: its history has 60,000 items, more than 50,000");
        assertThat(placement(store, SMALL))
            .isEqualTo("github-actions: its hash, 19.19, is within the share of 25 %");
        await("the empty one", () -> job(store, EMPTY).state() == JobState.IDLE);
        assertThat(placement(store, EMPTY)).isEqualTo("local: no rule sends it elsewhere");

        SimulatedActions.Run run = run(github, BIG);
        github.actions().begin(run.id());
        try (WorkflowRun worker = WorkflowRun.start(folder, environment(run, github, postgres))) {
          await("the claim", () -> kinds(store, BIG).contains("CLAIMED"));
          await("a wait for a limit", () -> limited(github, store));

          await("the fallback", () -> kinds(store, SMALL).contains("FELL_BACK"));
          await("an issue", () -> !github.issues().of(HOST).isEmpty());
          await("the end of its retries", () -> job(store, SMALL).state() == JobState.FAILED);
          assertThat(github.issues().of(HOST)).hasSize(1);
          assertThat(github.issues().of(HOST).get(0).open()).isTrue();
          assertThat(github.issues().of(HOST).get(0).title())
              .isEqualTo("Backfill of sim/little fails: NOT_FOUND, github:pull-requests");
          assertThat(github.issues().of(HOST).get(0).body()).doesNotContain(TOKEN);

          github.show(SMALL);
          await("its recovery", () -> job(store, SMALL).state() == JobState.IDLE);
          await("the issue's end", () -> !github.issues().of(HOST).get(0).open());
          assertThat(github.issues().of(HOST)).hasSize(1);

          assertThat(worker.await(Duration.ofMinutes(6))).as(worker.toString()).isZero();
          github.actions().complete(run.id(), "success");
          assertThat(worker.summary())
              .contains("| Repository | Stream | Status | Done | Percent | Remarks |")
              .contains("| sim/big | pull requests | completed | 60,000 of 60,000 | 100.0 % |");
          assertThat(worker.output()).doesNotContain(TOKEN);
        }
        assertThat(job(store, BIG).state()).isEqualTo(JobState.IDLE);
        assertThat(kinds(store, BIG))
            .containsExactly("TRIGGERED", "ROUTED", "DISPATCHED", "CLAIMED", "COMPLETED");
        assertThat(waits(store, BIG)).isPositive();
        assertThat(github.limited()).isPositive();
        assertThat(github.violations()).isZero();
        Eventually.until("nothing is missing", Duration.ofMinutes(3), () -> isNothingMissing(host));
      }
      assertStored(postgres);
      explained(postgres);
    }
  }

  /** The points of the limit that was met may still be used up. */
  private static boolean isNothingMissing(BackfillManager host) throws InterruptedException {
    try {
      return host.detectMissing().isEmpty();
    } catch (RateLimitedException e) {
      return false;
    }
  }

  private static SimulatedGitHub github() {
    return SimulatedGitHub.builder()
        .repository(
            SimulatedRepository.of(BIG, BIG_SIZE),
            SimulatedRepository.of(SMALL, SMALL_SIZE),
            SimulatedRepository.of(EMPTY, 0),
            SimulatedRepository.of(HOST, 0))
        .token(TOKEN, "worker-of-actions")
        .token(HOSTS_TOKEN, "host")
        .start();
  }

  private static HikariDataSource pool(PostgresServer postgres) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(postgres.url());
    config.setUsername(PostgresServer.USER);
    config.setMaximumPoolSize(6);
    return new HikariDataSource(config);
  }

  /** As a host sets it up, but in more of a hurry. */
  private static BackfillManager host(JdbcStore store, GitHub client) {
    return BackfillManager.builder(store.progress(), store.jobs())
        .source(client.pullRequests(Set.of()), store.pullRequests())
        .dispatcher(GitHubActionsDispatcher.builder(client, HOST, FILE).build())
        .failureReporter(GitHubIssueReporter.builder(client, HOST, store.failures()).build())
        .rules(
            rules ->
                rules
                    .withDispatches(
                        new ManagerRules.Dispatches(
                            Duration.ofSeconds(15),
                            Duration.ofSeconds(2),
                            20,
                            0.9,
                            Duration.ofHours(1)))
                    .withRetries(
                        new ManagerRules.Retries(
                            Duration.ofMillis(500),
                            Duration.ofSeconds(1),
                            1,
                            Duration.ofSeconds(3)))
                    .withSync(null))
        .build();
  }

  private static Map<String, String> environment(
      SimulatedActions.Run run, SimulatedGitHub github, PostgresServer postgres) {
    Map<String, String> environment = new HashMap<>();
    environment.put("CORRELATION_ID", run.inputs().getOrDefault("correlation_id", ""));
    environment.put("TARGET", run.inputs().getOrDefault("target", ""));
    environment.put("MAX_DURATION", run.inputs().getOrDefault("max_duration", "PT5M"));
    environment.put("GITHUB_TOKEN", TOKEN);
    environment.put("GITHUB_API_URL", github.url().toString());
    environment.put("GITHUB_REPOSITORY", HOST);
    environment.put("GITHUB_RUN_ID", Long.toString(run.id()));
    environment.put("BACKFILL_JDBC_URL", postgres.url());
    environment.put("BACKFILL_JDBC_USER", PostgresServer.USER);
    environment.put("BACKFILL_JDBC_PASSWORD", "");
    environment.put("BACKFILL_INCLUDE", "none");
    environment.put("BACKFILL_CHUNK_SIZE", "500");
    environment.put("ENABLE_PROGRESSIVE_BACKFILL", "true");
    environment.put("BACKFILL_ISSUE_REPOSITORY", HOST);
    return environment;
  }

  private static BackfillKey key(String target) {
    return new BackfillKey("github:pull-requests", target);
  }

  private static Job job(JdbcStore store, String target) {
    return store.jobs().find(key(target)).orElseThrow();
  }

  private static String placement(JdbcStore store, String target) {
    Job job = job(store, target);
    return job.placement() == null
        ? "nowhere"
        : job.placement().destination() + ": " + job.placement().reason();
  }

  private static List<String> kinds(JdbcStore store, String target) {
    return store.jobs().events(job(store, target).id(), 0, 1_000).stream()
        .map(event -> event.kind().name())
        .toList();
  }

  private static long waits(JdbcStore store, String target) {
    return store.progress().transitions(job(store, target).id(), 0, 1_000).stream()
        .filter(change -> change.to() == BackfillStatus.WAITING)
        .count();
  }

  /** Limits a request now and then, until the worker has met one: it may have been the host's. */
  private static boolean limited(SimulatedGitHub github, JdbcStore store) {
    if (waits(store, BIG) > 0) {
      return true;
    }
    if (github.limited() == limitsRequested) {
      limitsRequested++;
      github.limitNext(Duration.ofSeconds(12));
    }
    return false;
  }

  private static long limitsRequested;

  private static SimulatedActions.Run run(SimulatedGitHub github, String target) {
    return github.actions().runs().stream()
        .filter(run -> target.equals(run.inputs().get("target")))
        .findFirst()
        .orElseThrow();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    Eventually.until(what, Duration.ofMinutes(3), condition::getAsBoolean);
  }

  private static void assertStored(PostgresServer postgres) throws Exception {
    assertThat(postgres.count("SELECT COUNT(*) FROM pull_requests"))
        .isEqualTo(BIG_SIZE + SMALL_SIZE);
    assertThat(
            postgres.count(
                "SELECT COUNT(*) FROM sync_logs WHERE target = '"
                    + BIG
                    + "'"
                    + " AND metadata::json->>'destination' = 'github-actions'"
                    + " AND (metadata::json->>'chunks')::int > 0"))
        .isPositive();
    assertThat(postgres.count("SELECT COUNT(*) FROM sync_logs WHERE status = 'running'")).isZero();
    assertThat(postgres.count("SELECT MAX(chunk_size) FROM backfill_chunks")).isEqualTo(500);
    assertThat(
            postgres.count(
                "SELECT SUM(records_processed) FROM sync_logs WHERE target = '" + BIG + "'"))
        .isEqualTo(BIG_SIZE);
  }

  /** What a person sees afterwards, of the one that went through most. */
  private void explained(PostgresServer postgres) {
    CliProcess explain = CliProcess.in(folder).run(postgres.with("explain", SMALL));
    assertThat(explain.exitCode()).as(explain.toString()).isZero();
    assertThat(explain.out())
        .contains("its hash, 19.19, is within the share of 25 %")
        .contains("no worker took it within 15s")
        .contains("gave up local: 2 runs in a row failed")
        .contains("completed local");
    CliProcess history = CliProcess.in(folder).run(postgres.with("history", BIG));
    assertThat(history.out()).contains("dispatched").contains("claimed").contains("release");
    CliProcess csv = CliProcess.in(folder).run(postgres.with("export", "--csv"));
    assertThat(csv.out()).contains("sim/big,github:pull-requests,completed,");
    CliProcess watch =
        CliProcess.in(folder).run(postgres.with("status", "--watch", "--looks", "1"));
    assertThat(watch.out()).contains("3 of 3 complete").contains("[####################] 100.0 %");
  }
}
