package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.github.GitHub;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.project.SupabaseProject;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.postgrest.ApiCall;
import dev.backfill.testkit.postgrest.CallFault;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A whole small run from GitHub through the REST API, with a fault at its first request, then at
 * its second, and so on until a run meets none. The rows are always those of an undisturbed run of
 * the JDBC store.
 */
@Order(1)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultAtEveryRequestTest {

  private static final String TARGET = "sim/faults";
  private static final int PULL_REQUESTS = 9;
  private static final int CHUNK_SIZE = 4;

  /** The database refuses this one, so that the run also rehearses parts of a chunk. */
  private static final int REFUSED = 3;

  /** A run makes more requests than this; a loop that ends sooner tested nothing. */
  private static final long MIN_REQUESTS = 10;

  /** A run that does not end on its own after this many slices never will. */
  private static final int MAX_SLICES = 5;

  private static final List<String> ROWS =
      List.of(
          "SELECT * FROM repositories ORDER BY 1",
          "SELECT * FROM accounts ORDER BY 1",
          "SELECT * FROM pull_requests ORDER BY 1, 2",
          "SELECT * FROM pull_request_reviews ORDER BY 1",
          "SELECT item_key, attempts, payload, error LIKE '%(23514)%violates check%'"
              + " FROM backfill_quarantine ORDER BY 1",
          "SELECT chunk_number, item_count, inserted_count, updated_count,"
              + " quarantined_count, cursor_before, cursor_after, chunk_size"
              + " FROM backfill_chunks ORDER BY 1",
          "SELECT source, target, status, phase, total_items, total_kind, processed_items,"
              + " quarantined_items, next_chunk_number, resume_cursor, lease_owner,"
              + " consecutive_failures, last_error FROM backfill_progress",
          "SELECT count(*) FROM sync_logs WHERE status = 'running'");

  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(SimulatedRepository.of(TARGET, PULL_REQUESTS))
          .timeSource(new ManualTimeSource())
          .start();

  private final GitHub client = GitHub.builder().apiUrl(github.url()).token("ghp_test").build();

  private RestProject project;
  private Connection rowsReader;
  private List<String> expected;

  RestProject startProject() throws Exception {
    return RestProject.startStandIn();
  }

  List<CallFault> faults() {
    return List.of(CallFault.values());
  }

  @BeforeAll
  void start() throws Exception {
    project = startProject();
    rowsReader = project.database().owner().getConnection();
    project.execute(
        "ALTER TABLE pull_requests ADD CONSTRAINT refused CHECK (number <> " + REFUSED + ")");
    assertThat(slice(project.jdbc(), 0)).isInstanceOf(SliceResult.Done.class);
    expected = rows();
    assertThat(expected).hasSizeGreaterThan(2 * PULL_REQUESTS);
    assertThat(project.query("SELECT item_key FROM backfill_quarantine"))
        .containsExactly("" + REFUSED);
    project.database().clear();
  }

  @AfterAll
  void stop() throws SQLException {
    client.close();
    github.close();
    if (project != null) {
      rowsReader.close();
      project.execute("ALTER TABLE pull_requests DROP CONSTRAINT refused");
      project.close();
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void theRowsAreExact(CallFault fault) throws Exception {
    Duration timeout = Duration.ofMillis(fault == CallFault.LATE ? 700 : 30_000);
    long request = 0;
    try (SupabaseStore store =
        SupabaseStore.builder(project.api().url().toString(), project.api().keys().secret())
            .timeouts(Duration.ofSeconds(10), timeout)
            .open()) {
      boolean met;
      do {
        request++;
        met = run(store, fault, request);
        project.api().awaitIdle();
        assertThat(differences()).as("%s at request %d", fault, request).isEmpty();
        project.database().clear();
      } while (met);
    }
    assertThat(request).isGreaterThan(MIN_REQUESTS);
  }

  /** Runs to the end, and returns true if the fault happened. */
  private boolean run(SupabaseStore store, CallFault fault, long request) throws Exception {
    int before = project.api().log().size();
    project.api().faults(call -> null);
    project.api().faultAt(request, fault);
    for (int slice = 0; slice < MAX_SLICES; slice++) {
      try {
        if (slice(store, slice) instanceof SliceResult.Done) {
          return met(before);
        }
      } catch (BackfillException e) {
        assertThat(met(before)).as("only the planned fault may fail: %s", e).isTrue();
      }
      // As after a crash: the lease of the slice before counts as run out.
      project.api().awaitIdle();
      project.execute(
          "UPDATE backfill_progress SET lease_expires_at = '2000-01-01Z'"
              + " WHERE lease_expires_at IS NOT NULL");
    }
    throw new AssertionError("the backfill did not end with " + fault + " at " + request);
  }

  private boolean met(int before) {
    List<ApiCall> log = project.api().log();
    return log.subList(before, log.size()).stream().anyMatch(call -> call.fault() != null);
  }

  private SliceResult slice(BackfillStore store, int number) throws Exception {
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress())
            .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(CHUNK_SIZE))
            .timeSource(new ManualTimeSource())
            .random(new Random(number))
            .failureReporter(report -> {})
            .build()) {
      return engine.runSlice(
          new BackfillSpec<>(
              client.pullRequests(Set.of(PullRequestExtra.DETAILS, PullRequestExtra.REVIEWS)),
              TARGET,
              store.sink(PullRequest.class).orElseThrow()),
          SliceLimits.UNLIMITED);
    }
  }

  /** The rows that are missing, and those that should not be there. */
  private List<String> differences() throws SQLException {
    List<String> actual = rows();
    List<String> differences = new ArrayList<>();
    expected.stream()
        .filter(row -> !actual.contains(row))
        .forEach(row -> differences.add("missing: " + row));
    actual.stream()
        .filter(row -> !expected.contains(row))
        .forEach(row -> differences.add("unexpected: " + row));
    if (differences.isEmpty() && actual.size() != expected.size()) {
      differences.add("rows twice: " + actual.size() + ", not " + expected.size());
    }
    return differences;
  }

  private List<String> rows() throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String query : ROWS) {
      rows.add(query);
      rows.addAll(SupabaseProject.query(rowsReader, query));
    }
    return rows;
  }
}
