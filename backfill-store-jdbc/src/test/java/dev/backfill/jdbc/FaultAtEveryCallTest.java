package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.fault.FaultPlan;
import dev.backfill.testkit.fault.FaultPlan.Kind;
import dev.backfill.testkit.fault.FaultyDataSource;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A whole small backfill through the engine, with a fault at the first JDBC call, then at the
 * second, and so on until a run meets none: whatever fails, and however, the rows end up as if
 * nothing had.
 */
@Order(1)
class FaultAtEveryCallTest {

  private static final List<PullRequest> HISTORY =
      SimulatedRepository.of("sim/faults", 26)
          .pullRequests()
          .filter(pr -> pr.reviews() == null || pr.reviews().size() < 50)
          .toList();

  /**
   * A backfill of three chunks makes more calls than this, so a loop that ends sooner tested
   * nothing.
   */
  private static final long MIN_CALLS = 30;

  /** A run that does not end on its own after this many slices never will. */
  private static final int MAX_SLICES = 4;

  @ParameterizedTest
  @EnumSource
  void rowsAreRightOnPostgres(Kind kind) throws Exception {
    everyCall(kind, TestDatabase.postgres());
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreRightOnH2(Kind kind) throws Exception {
    everyCall(kind, TestDatabase.h2());
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreRightOnSqlite(Kind kind, @TempDir Path folder) throws Exception {
    everyCall(kind, TestDatabase.sqlite(folder));
  }

  private static void everyCall(Kind kind, TestDatabase database) throws Exception {
    database.install();
    long call = 0;
    boolean fired;
    do {
      fired = run(new FaultPlan(kind, ++call), database);
      assertThat(problems(database)).as("fault %s at call %d", kind, call).isEmpty();
      empty(database);
    } while (fired);
    assertThat(call).isGreaterThan(MIN_CALLS);
  }

  /** Whether the fault happened. */
  private static boolean run(FaultPlan plan, TestDatabase database) throws Exception {
    FaultyDataSource faulty = new FaultyDataSource(database.dataSource());
    JdbcStore store = JdbcStore.open(faulty.dataSource(), database.names());
    faulty.plan(plan);
    for (int slice = 0; slice < MAX_SLICES; slice++) {
      // A new engine each time, as after a crash; the lease of the last one counts as run out.
      try (BackfillEngine engine =
          BackfillEngine.builder(store.progress())
              .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(10))
              .timeSource(new ManualTimeSource())
              .random(new Random(slice))
              .failureReporter(report -> {})
              .build()) {
        BackfillSpec<PullRequest> job =
            new BackfillSpec<>(new Listed(), "sim/faults", store.pullRequests());
        if (engine.runSlice(job, SliceLimits.UNLIMITED) instanceof SliceResult.Done) {
          return faulty.fired();
        }
      } catch (BackfillException e) {
        assertThat(faulty.fired()).as("only the planned fault may fail: %s", e).isTrue();
      }
      database.expireLeases("lease_expires_at IS NOT NULL");
    }
    throw new AssertionError("the backfill did not end with " + plan);
  }

  /** How many people have to do with what can be stored. */
  private static long accounts() {
    return HISTORY.stream()
        .filter(pr -> pr.number() != Listed.poison())
        .flatMap(
            pr -> {
              Stream<Account> authors =
                  pr.reviews() == null
                      ? Stream.of()
                      : pr.reviews().stream().map(Review::author).filter(Objects::nonNull);
              return Stream.concat(
                  Stream.concat(Stream.ofNullable(pr.author()), authors),
                  Stream.ofNullable(pr.details() == null ? null : pr.details().mergedBy()));
            })
        .map(Account::id)
        .distinct()
        .count();
  }

  private static List<String> problems(TestDatabase database) throws SQLException {
    List<List<String>> expected =
        List.of(
            List.of("SELECT COUNT(*) FROM {pull_requests}", "24"),
            List.of(
                "SELECT SUM(additions) FROM {pull_requests}",
                String.valueOf(
                    HISTORY.stream()
                        .filter(pr -> pr.number() != Listed.poison())
                        .mapToLong(pr -> pr.details() == null ? 0 : pr.details().additions())
                        .sum())),
            List.of(
                "SELECT COUNT(*) FROM {pull_request_reviews}",
                String.valueOf(
                    HISTORY.stream()
                        .filter(pr -> pr.number() != Listed.poison())
                        .mapToLong(pr -> pr.reviews() == null ? 0 : pr.reviews().size())
                        .sum())),
            List.of("SELECT COUNT(*) FROM {accounts}", String.valueOf(accounts())),
            List.of("SELECT COUNT(*) FROM {repositories}", "1"),
            List.of("SELECT COUNT(*) FROM {backfill_quarantine}", "1"),
            List.of("SELECT SUM(attempts) FROM {backfill_quarantine}", "1"),
            List.of("SELECT COUNT(*) FROM {backfill_chunks}", "3"),
            List.of("SELECT MAX(chunk_number) FROM {backfill_chunks}", "3"),
            List.of("SELECT SUM(item_count) FROM {backfill_chunks}", "24"),
            List.of("SELECT SUM(inserted_count) FROM {backfill_chunks}", "24"),
            List.of("SELECT processed_items FROM {backfill_progress}", "25"),
            List.of("SELECT quarantined_items FROM {backfill_progress}", "1"),
            List.of("SELECT next_chunk_number FROM {backfill_progress}", "4"),
            List.of("SELECT status FROM {backfill_progress}", "completed_with_gaps"),
            List.of("SELECT COUNT(*) FROM {sync_logs} WHERE status = 'running'", "0"));
    return expected.stream()
        .map(row -> difference(database, row.get(0), row.get(1)))
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private static String difference(TestDatabase database, String sql, String expected) {
    try {
      String actual = database.value(sql);
      return expected.equals(actual) ? "" : "%s is %s, not %s".formatted(sql, actual, expected);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  private static void empty(TestDatabase database) throws SQLException {
    for (String table :
        List.of(
            "backfill_chunks",
            "backfill_quarantine",
            "backfill_transitions",
            "sync_logs",
            "backfill_progress",
            "pull_requests",
            "pull_request_reviews",
            "accounts",
            "repositories")) {
      database.execute("DELETE FROM {" + table + "}");
    }
  }

  /** The history as a source that is never at fault, but for one item. */
  private static final class Listed implements PullSource<PullRequest> {

    static int poison() {
      return HISTORY.get(12).number();
    }

    @Override
    public String name() {
      return "test:pull-requests";
    }

    @Override
    public String itemKey(PullRequest item) {
      return String.valueOf(item.number());
    }

    @Override
    public SourceSession<PullRequest> open(String target, Cursor from) {
      return new Session(from.isStart() ? 0 : Integer.parseInt(from.value()));
    }
  }

  private static final class Session implements SourceSession<PullRequest> {

    private int done;

    Session(int done) {
      this.done = done;
    }

    @Override
    public Chunk<PullRequest> next(int size, long reserve) {
      int end = Math.min(done + size, HISTORY.size());
      Map<Boolean, List<PullRequest>> stretch =
          HISTORY.subList(done, end).stream()
              .collect(Collectors.partitioningBy(pr -> pr.number() == Listed.poison()));
      done = end;
      return new Chunk<>(
          stretch.get(false),
          stretch.get(true).stream()
              .map(pr -> new RejectedItem(String.valueOf(pr.number()), "poison", ""))
              .toList(),
          new Cursor(String.valueOf(done)),
          done == HISTORY.size(),
          1);
    }

    @Override
    public @Nullable Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.estimate(HISTORY.size());
    }

    @Override
    public void close() {}
  }
}
