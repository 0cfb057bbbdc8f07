package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether a large history ends at the rate at which it began, in a heap of 96 MB.
 *
 * <p>Properties: {@code large}, how many pull requests; {@code largeHeap}.
 */
public final class LargeHistoryBenchmark {

  private LargeHistoryBenchmark() {}

  /**
   * Runs it.
   *
   * @param args none
   * @throws Exception when the history does not arrive
   */
  public static void main(String[] args) throws Exception {
    int items = Integer.getInteger("large", 1_000_000);
    String heap = System.getProperty("largeHeap", "96m");
    Results results = new Results("large-history");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub = new ReplayingGitHub(SimulatedRepository.of("sim/large", items))) {
      JdbcStore.open(database.dataSource()).installSchema();
      Map<String, String> properties =
          Map.of(
              "gitHub",
              gitHub.url().toString(),
              "database",
              database.url(),
              "repository",
              "sim/large",
              "what",
              "LIST");
      List<String> options = List.of("-Xmx" + heap);
      // The first run makes the answers that the second one is measured with.
      ChildProcess.run(LargeHistoryMain.class, options, properties);
      database.empty();
      gitHub.begin(Duration.ZERO);
      long start = System.nanoTime();
      String[] result = ChildProcess.run(LargeHistoryMain.class, options, properties);
      Map<String, List<Double>> metrics = new LinkedHashMap<>();
      metrics.put("items", List.of(Double.valueOf(result[0])));
      metrics.put("wallMillis", List.of((System.nanoTime() - start) / 1e6));
      results.add(Map.of("heap", heap), "whole", metrics);
      for (int tenth = 0; tenth < LargeHistoryMain.TENTHS; tenth++) {
        Map<String, List<Double>> part = new LinkedHashMap<>();
        part.put("itemsPerSecond", List.of(Double.valueOf(result[1 + 3 * tenth])));
        part.put("statementsPerChunk", List.of(Double.valueOf(result[2 + 3 * tenth])));
        part.put("cpuMicrosPerItem", List.of(Double.valueOf(result[3 + 3 * tenth])));
        results.add(Map.of("heap", heap), "tenth " + (tenth + 1), part);
      }
    }
    results.write();
  }
}
