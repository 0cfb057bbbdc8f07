package dev.backfill.benchmarks.commit;

import dev.backfill.api.history.PullRequest;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Contestant;
import dev.backfill.benchmarks.InterleavedRounds;
import dev.backfill.benchmarks.Results;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The number of pull requests that are committed in a second, by chunk size, beside hand-written
 * JDBC and Spring Batch. All have the same rows, the same commits, the same pool and one process,
 * in turn.
 *
 * <p>This is not JMH, which runs each contestant in a process of its own, minutes after the last.
 * The result is a ratio, and on a shared machine only alternating runs measure one.
 *
 * <p>Properties: {@code items}, {@code sizes}, {@code databases}, {@code contestants}, {@code
 * warmups}, {@code rounds}.
 */
public final class CommitBenchmark {

  private static final List<String> ALL =
      List.of(
          "backfill",
          "hand-written",
          "hand-written, rewritten batches",
          "Spring Batch",
          "Spring Batch, rewritten batches",
          "one COPY of everything");

  private final BenchmarkDatabase database;
  private final Map<String, Writer> writers = new LinkedHashMap<>();

  private CommitBenchmark(BenchmarkDatabase database) {
    this.database = database;
  }

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if a contestant fails
   */
  public static void main(String[] args) throws Exception {
    List<PullRequest> items =
        SimulatedRepository.of("sim/benchmark", Integer.getInteger("items", 10_000))
            .listedPullRequests()
            .toList();
    Results results = new Results("commit");
    for (String kind : System.getProperty("databases", "POSTGRESQL,H2").split(",")) {
      try (BenchmarkDatabase database =
          BenchmarkDatabase.start(BenchmarkDatabase.Kind.valueOf(kind))) {
        new CommitBenchmark(database).run(items, results);
      }
    }
    results.write();
  }

  private void run(List<PullRequest> items, Results results) throws Exception {
    List<String> selected =
        Arrays.asList(System.getProperty("contestants", String.join(";", ALL)).split(";"));
    try (Writers all = Writers.open(database)) {
      writers.putAll(all.byName());
      writers.keySet().retainAll(selected);
      checkSameContents(items);
      InterleavedRounds rounds = InterleavedRounds.ofProperties(2, 5);
      for (String size : System.getProperty("sizes", "10,25,50,100,200,500").split(",")) {
        int chunkSize = Integer.parseInt(size);
        List<Contestant> contestants = new ArrayList<>();
        writers.forEach(
            (name, writer) ->
                contestants.add(
                    new Contestant(
                        name, () -> Map.of("itemsPerSecond", rate(writer, items, chunkSize)))));
        Map<String, Object> parameters = new LinkedHashMap<>();
        parameters.put("database", database.kind().name().toLowerCase(Locale.ROOT));
        parameters.put("chunkSize", chunkSize);
        results.addAll(parameters, rounds.run(contestants));
      }
    }
  }

  private double rate(Writer writer, List<PullRequest> items, int chunkSize) throws Exception {
    database.empty();
    long start = System.nanoTime();
    writer.store(items, chunkSize);
    return items.size() * 1e9 / (System.nanoTime() - start);
  }

  private void checkSameContents(List<PullRequest> items) throws Exception {
    String expected = null;
    for (Map.Entry<String, Writer> each : writers.entrySet()) {
      database.empty();
      each.getValue().store(items, 50);
      String contents = database.contents();
      System.out.println(each.getKey() + " stored " + contents);
      if (expected != null && !expected.equals(contents)) {
        throw new IllegalStateException(
            each.getKey() + " stored " + contents + " where others stored " + expected);
      }
      expected = contents;
    }
  }
}
