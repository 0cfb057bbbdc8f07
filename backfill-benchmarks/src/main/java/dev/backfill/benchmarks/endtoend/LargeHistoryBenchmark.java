package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A check that a large history ends at the rate at which it began, in a heap of 96 MB.
 *
 * <p>Properties: {@code large}, the number of pull requests; {@code largeHeap}; {@code rounds}.
 */
public final class LargeHistoryBenchmark {

  private LargeHistoryBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if the history does not arrive
   */
  public static void main(String[] args) throws Exception {
    int items = Integer.getInteger("large", 1_000_000);
    String heap = System.getProperty("largeHeap", "96m");
    Results results = new Results("large-history");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub = new ReplayingGitHub(SimulatedRepository.of("sim/large", items))) {
      JdbcStore.open(database.dataSource()).installSchema();
      Map<String, String> properties =
          ContestantTask.listing(gitHub.url(), database.url(), "sim/large");
      List<String> options = List.of("-Xmx" + heap);
      // The first run creates the answers for the measured runs.
      ChildProcess.run(LargeHistoryMain.class, options, properties);
      Map<String, Map<String, List<Double>>> parts = new LinkedHashMap<>();
      for (int round = 0; round < Integer.getInteger("rounds", 5); round++) {
        database.empty();
        gitHub.begin(Duration.ZERO);
        long start = System.nanoTime();
        String[] result = ChildProcess.run(LargeHistoryMain.class, options, properties);
        add(parts, "whole", "items", result[0]);
        add(parts, "whole", "wallMillis", String.valueOf((System.nanoTime() - start) / 1e6));
        for (int tenth = 0; tenth < LargeHistoryMain.TENTHS; tenth++) {
          String part = "tenth " + (tenth + 1);
          add(parts, part, "itemsPerSecond", result[1 + 3 * tenth]);
          add(parts, part, "statementsPerChunk", result[2 + 3 * tenth]);
          add(parts, part, "cpuMicrosPerItem", result[3 + 3 * tenth]);
        }
      }
      results.addAll(Map.of("heap", heap), parts);
    }
    results.write();
  }

  private static void add(
      Map<String, Map<String, List<Double>>> parts, String part, String metric, String value) {
    parts
        .computeIfAbsent(part, name -> new LinkedHashMap<>())
        .computeIfAbsent(metric, name -> new ArrayList<>())
        .add(Double.valueOf(value));
  }
}
