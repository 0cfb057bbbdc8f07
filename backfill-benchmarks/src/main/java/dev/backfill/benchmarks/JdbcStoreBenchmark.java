package dev.backfill.benchmarks;

import dev.backfill.api.history.PullRequest;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.BackfillJob;
import dev.backfill.core.SliceLimits;
import dev.backfill.core.SliceResult;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What storing new pull requests costs with the JDBC store: the engine's loop, the commit, the
 * newer-wins upserts.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
public class JdbcStoreBenchmark {

  private static final int ITEMS = 1_000;

  /** Items in a chunk. */
  @Param({"1", "10", "25", "50", "100", "500"})
  public int chunkSize;

  /** Which database. */
  @Param({"H2", "POSTGRESQL"})
  public BenchmarkDatabase.Kind database;

  private BenchmarkDatabase running;
  private JdbcStore store;
  private BackfillJob<PullRequest> job;

  /**
   * Starts the database and reads the pull requests into memory.
   *
   * @throws Exception when the database does not start
   */
  @Setup
  public void start() throws Exception {
    running = BenchmarkDatabase.start(database);
    store = JdbcStore.open(running.dataSource());
    store.installSchema();
    List<PullRequest> items =
        SimulatedRepository.of("sim/benchmark", ITEMS).listedPullRequests().toList();
    job = new BackfillJob<>(new ListedItems<>(items), "sim/benchmark", store.pullRequests());
  }

  /**
   * Every invocation stores new rows.
   *
   * @throws Exception when the tables cannot be emptied
   */
  @Setup(Level.Invocation)
  public void empty() throws Exception {
    running.empty();
  }

  /**
   * Stops the database.
   *
   * @throws Exception when it does not stop
   */
  @TearDown
  public void stop() throws Exception {
    running.close();
  }

  /**
   * A whole history.
   *
   * @return its result
   * @throws InterruptedException never
   */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public SliceResult items() throws InterruptedException {
    try (BackfillEngine engine =
        BackfillEngine.builder(store.progress())
            .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(chunkSize))
            .build()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }
}
