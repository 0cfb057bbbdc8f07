package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.event.BackfillEvent.ChunkCommitted;
import dev.backfill.api.event.BackfillListener;
import dev.backfill.api.job.JobState;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.github.GitHub;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.postgrest.ApiCall;
import dev.backfill.testkit.postgrest.CallFault;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A manager whose store is behind the REST API. */
class ManagerOverRestTest {

  private static final int PULL_REQUESTS = 230;
  private static final List<String> TARGETS = List.of("sim/one", "sim/two");

  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(SimulatedRepository.of("sim/one", PULL_REQUESTS))
          .repository(SimulatedRepository.of("sim/two", PULL_REQUESTS))
          .start();

  private RestProject project;

  RestProject start() throws Exception {
    return RestProject.startStandIn();
  }

  @BeforeEach
  void open() throws Exception {
    project = start();
  }

  @AfterEach
  void close() {
    if (project != null) {
      project.close();
    }
    github.close();
  }

  @Test
  void aManagerReadsHistories() throws Exception {
    try (GitHub client = client();
        BackfillManager manager = manager(client, project.rest())) {
      TARGETS.forEach(manager::track);
      assertThat(manager.runFor(Duration.ofMinutes(10)).completed()).isEqualTo(2);
    }
    assertComplete();
  }

  /**
   * Rows of the one are continued by the other, in the middle of a history and between histories.
   */
  @Test
  void managersOverRestAndJdbcTakeTurns() throws Exception {
    try (GitHub client = client()) {
      int turns = 0;
      for (int completed = 0; completed < 2; turns++) {
        AtomicReference<BackfillManager> running = new AtomicReference<>();
        BackfillListener stop =
            BackfillListener.on(ChunkCommitted.class, chunk -> running.get().stop());
        try (BackfillManager manager =
            builder(client, turns % 2 == 0 ? project.rest() : project.jdbc())
                .listener(stop)
                .build()) {
          running.set(manager);
          TARGETS.forEach(manager::track);
          completed += manager.runFor(Duration.ofMinutes(10)).completed();
        }
      }
      assertThat(turns).isGreaterThan(3);
    }
    assertComplete();
  }

  /** A repeated claim is not among them: it waits for the end of its own lease, by real time. */
  @Test
  void faultsAtTheApiEndNothingAndStoreNothingTwice() throws Exception {
    List<CallFault> faults =
        List.of(
            CallFault.CUT_BEFORE,
            CallFault.CUT_AFTER,
            CallFault.CUT_ANSWER,
            CallFault.UNAVAILABLE_BEFORE,
            CallFault.UNAVAILABLE_AFTER);
    try (GitHub client = client();
        BackfillManager manager = manager(client, project.rest())) {
      TARGETS.forEach(manager::track);
      project
          .api()
          .faults(call -> call % 4 == 0 ? faults.get((int) (call / 4 % faults.size())) : null);
      assertThat(manager.runFor(Duration.ofMinutes(30)).completed()).isEqualTo(2);
      project.api().faults(call -> null);
    }
    assertThat(project.api().log()).extracting(ApiCall::fault).containsAll(faults);
    assertComplete();
  }

  /** As over JDBC, where each is a statement. */
  @Test
  void aLookThatFindsNothingDueSendsFourRequests() throws Exception {
    try (GitHub client = client();
        BackfillManager manager = manager(client, project.rest())) {
      manager.runDue();
      TARGETS.forEach(manager::track);
      manager.runDue();
      int before = project.api().log().size();

      assertThat(manager.runDue().slices()).isZero();

      List<ApiCall> look = project.api().log();
      assertThat(look.subList(before, look.size()))
          .extracting(ApiCall::function)
          .containsExactly(
              "backfill_current_time",
              "backfill_job_due",
              "backfill_job_next_due",
              "backfill_suspension_list");
    }
  }

  private GitHub client() {
    return GitHub.builder()
        .apiUrl(github.url())
        .token("ghp_test")
        .sharedLimits(project.rest().limits())
        .build();
  }

  private static BackfillManager manager(GitHub client, BackfillStore store) {
    return builder(client, store).build();
  }

  private static BackfillManager.Builder builder(GitHub client, BackfillStore store) {
    // Manual time that begins now, as the database's own clock does.
    ManualTimeSource time = new ManualTimeSource(Instant.now().truncatedTo(ChronoUnit.MILLIS));
    return BackfillManager.builder(store)
        .source(client.pullRequests(Set.of()))
        .timeSource(time)
        .random(new Random(1))
        .executor(Runnable::run)
        .parallelism(1)
        .rules(rules -> rules.withSync(null));
  }

  private void assertComplete() throws SQLException {
    assertThat(project.query("SELECT count(*), count(DISTINCT github_id) FROM pull_requests"))
        .containsExactly(2 * PULL_REQUESTS + ", " + 2 * PULL_REQUESTS);
    assertThat(project.jdbc().progress().list())
        .hasSize(2)
        .allSatisfy(
            backfill -> {
              assertThat(backfill.status()).isEqualTo(BackfillStatus.COMPLETED);
              assertThat(backfill.counters().processed()).isEqualTo(PULL_REQUESTS);
            });
    assertThat(project.rest().jobs().list())
        .isEqualTo(project.jdbc().jobs().list())
        .hasSize(2)
        .allMatch(job -> job.state() == JobState.IDLE && job.attempts() == 0);
  }
}
