package dev.backfill.benchmarks.growth;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/**
 * The time of PostgreSQL for each statement on tables that have grown: of a look, a commit, {@code
 * status}, {@code explain}, {@code history} and the page for operators. Measured by {@code EXPLAIN
 * ANALYZE}, as the median of several rounds.
 *
 * <p>Properties: {@code jobs}, {@code rows}, {@code rounds}, {@code page} (the page for operators).
 */
public final class GrowthBenchmark {

  private static final Set<String> SOURCES =
      Set.of("github:pull-requests", "github:review-comments", "github:issue-comments");

  private static final Pattern TIME = Pattern.compile("Execution Time: ([0-9.]+) ms");
  private static final Pattern EXPLAINED =
      Pattern.compile("\\s*(WITH|SELECT|INSERT|UPDATE|DELETE)\\b.*", Pattern.DOTALL);
  private static final Pattern PAGE = Pattern.compile("```sql\n(.*?);?\n```", Pattern.DOTALL);

  private final DataSource plain;
  private final SeenStatements seen = new SeenStatements();
  private final JdbcStore store;
  private final int rounds;
  private final Results results = new Results("growth");

  private GrowthBenchmark(DataSource plain, int rounds) {
    this.plain = plain;
    this.store = JdbcStore.open(seen.of(plain));
    this.rounds = rounds;
  }

  /**
   * Runs the benchmark, and prints a row for each statement.
   *
   * @param args none
   * @throws Exception if a statement fails
   */
  public static void main(String[] args) throws Exception {
    GrownTables tables =
        new GrownTables(Integer.getInteger("jobs", 10_000), Integer.getInteger("rows", 1_000_000));
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL)) {
      JdbcStore.open(database.dataSource()).installSchema();
      tables.fill(database.dataSource());
      GrowthBenchmark benchmark =
          new GrowthBenchmark(database.dataSource(), Integer.getInteger("rounds", 5));
      System.out.printf("| of | statement | ms |%n| --- | --- | ---: |%n");
      benchmark.look();
      benchmark.work();
      benchmark.commands();
      benchmark.page(Path.of(System.getProperty("page", "../docs/operations.md")));
      benchmark.results.write();
    }
  }

  private void look() throws SQLException {
    Instant now = Instant.now();
    store.jobs().dispatched();
    List<Job> due = store.jobs().due(now, SOURCES, 1_000);
    store.jobs().suspensions();
    store.jobs().nextDue(SOURCES);
    measure("look");
    store.jobs().update(due.get(0), List.of());
    store
        .jobs()
        .latest(
            Destination.GITHUB_ACTIONS,
            Set.of(JobEvent.Kind.COMPLETED, JobEvent.Kind.FAILED, JobEvent.Kind.FELL_BACK),
            20);
    measure("job");
  }

  private void work() throws SQLException {
    ProgressStore progress = store.progress();
    BackfillId id = new BackfillId(1_002);
    Claim claim =
        progress.claim(id, new LeaseRequest("benchmark", "local", Duration.ofMinutes(2), null));
    measure("claim");
    Lease lease = claim.lease();
    Backfill backfill = progress.get(id);
    progress.similarChunks(id, backfill.counters().total(), 32);
    progress.chunks(id, 1, 32);
    progress.renew(lease);
    measure("slice");
    List<PullRequest> items =
        SimulatedRepository.builder("sim/repo")
            .id(7)
            .pullRequests(50)
            .build()
            .listedPullRequests()
            .toList();
    List<Double> whole = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      seen.taken();
      long start = System.nanoTime();
      progress.commit(
          lease,
          new ChunkCommit<>(
              backfill.nextChunkNumber(),
              UUID.randomUUID(),
              backfill.cursor(),
              new Chunk<>(items, List.of(), new Cursor("next"), false, 1),
              new Decision.Proceed(50, 0, "largest"),
              4_000L,
              Duration.ofSeconds(1),
              Instant.now(),
              Total.exact(items.size() * 1_000L)),
          store.pullRequests());
      if (round > 0) {
        whole.add((System.nanoTime() - start) / 1e6);
      }
      // So that it can be carried out once more.
      takeBack(id, backfill.nextChunkNumber());
    }
    measure("commit");
    report("commit", "the whole transaction, 50 pull requests", whole);
    progress.release(lease, LeaseRelease.moreToDo());
    measure("release");
  }

  private void takeBack(BackfillId id, long chunk) throws SQLException {
    try (Connection connection = plain.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          "DELETE FROM backfill_chunks WHERE backfill_id = "
              + id.value()
              + " AND chunk_number = "
              + chunk);
      statement.execute(
          "UPDATE backfill_progress SET resume_cursor = NULL, next_chunk_number = "
              + chunk
              + " WHERE id = "
              + id.value());
    }
  }

  private void commands() throws SQLException {
    store.progress().list();
    store.jobs().list();
    measure("status");
    BackfillId id = new BackfillId(17);
    store.jobs().find(store.progress().get(id).key());
    store.progress().latestTransitions(id, 500);
    store.jobs().latestEvents(id, 10);
    measure("explain");
    store.progress().transitions(id, 0, 500);
    store.jobs().events(id, 0, 500);
    measure("history");
  }

  private void page(Path page) throws Exception {
    for (Matcher sql = PAGE.matcher(Files.readString(page)); sql.find(); ) {
      measure("operations.md", sql.group(1));
    }
  }

  private void measure(String of) throws SQLException {
    for (String text : seen.taken()) {
      for (String statement : text.split("; ?(?=[A-Z])")) {
        // The driver does not write arrays as text; the time of the whole commit includes them.
        boolean isWritten = !statement.contains("?::") && !statement.contains("(?");
        if (isWritten && EXPLAINED.matcher(statement).matches()) {
          measure(of, statement);
        }
      }
    }
  }

  private void measure(String of, String sql) throws SQLException {
    List<Double> times = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double time = time(sql);
      if (round > 0) {
        times.add(time);
      }
    }
    String shown = sql.replaceAll("\\s+", " ");
    report(of, "`" + (shown.length() > 90 ? shown.substring(0, 90) + "..." : shown) + "`", times);
    if (Results.median(times) > 20) {
      System.out.println(plan(sql));
    }
  }

  private void report(String of, String name, List<Double> times) {
    System.out.printf(Locale.ROOT, "| %s | %s | %.2f |%n", of, name, Results.median(times));
    results.add(Map.of("of", of, "statement", name), "backfill", Map.of("ms", times));
  }

  private double time(String sql) throws SQLException {
    Matcher time = TIME.matcher(plan(sql));
    if (!time.find()) {
      throw new SQLException("no time for " + sql);
    }
    return Double.parseDouble(time.group(1));
  }

  /** Returns the plan of a statement, which is executed and rolled back. */
  private String plan(String sql) throws SQLException {
    try (Connection connection = plain.getConnection()) {
      connection.setAutoCommit(false);
      StringBuilder plan = new StringBuilder();
      try (Statement statement = connection.createStatement();
          ResultSet rows = statement.executeQuery("EXPLAIN (ANALYZE, TIMING OFF) " + sql)) {
        while (rows.next()) {
          plan.append(rows.getString(1)).append('\n');
        }
      } finally {
        connection.rollback();
      }
      return plan.toString();
    }
  }
}
