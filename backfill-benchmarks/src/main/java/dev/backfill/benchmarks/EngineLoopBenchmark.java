package dev.backfill.benchmarks;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.BackfillEngine;
import dev.backfill.core.memory.InMemoryStore;
import dev.backfill.core.policy.StandardRateLimitPolicy;
import dev.backfill.core.run.BackfillSpec;
import dev.backfill.core.run.SliceLimits;
import dev.backfill.core.run.SliceResult;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The cost of the engine's loop itself: source, store and sink do nothing. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 4, time = 1)
@Measurement(iterations = 5, time = 1)
public class EngineLoopBenchmark {

  private static final int ITEMS = 2_000;

  /** The items in a chunk. */
  @Param({"1", "10", "25", "50", "100", "500"})
  public int chunkSize;

  private BackfillSpec<Integer> job;

  /** Creates the job. */
  @Setup
  public void makeJob() {
    List<Integer> items = IntStream.rangeClosed(1, ITEMS).boxed().toList();
    job =
        new BackfillSpec<>(
            new ListedItems<>(items),
            "owner/name",
            (written, transaction) -> new SinkCounts(written.size(), 0));
  }

  /**
   * Reads a whole history.
   *
   * @return its result
   * @throws InterruptedException never
   */
  @Benchmark
  @OperationsPerInvocation(ITEMS)
  public SliceResult items() throws InterruptedException {
    try (BackfillEngine engine =
        BackfillEngine.builder(new InMemoryStore().progress())
            .policy(StandardRateLimitPolicy.ofDefaults().withFixedSize(chunkSize))
            .build()) {
      return engine.runSlice(job, SliceLimits.UNLIMITED);
    }
  }
}
