package dev.backfill.benchmarks.commit;

import com.zaxxer.hikari.HikariDataSource;
import dev.backfill.api.history.PullRequest;
import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Contestant;
import dev.backfill.benchmarks.InterleavedRounds;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;

/**
 * A comparison of the ways to send PostgreSQL a chunk of pull requests, both new and already
 * stored. All have one table, one commit a chunk, and the same newer-wins condition.
 *
 * <p>Properties: {@code items}, {@code sizes}, {@code warmups}, {@code rounds}.
 */
public final class UpsertBenchmark {

  private UpsertBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if a statement fails
   */
  public static void main(String[] args) throws Exception {
    List<PullRequest> items =
        SimulatedRepository.of("sim/benchmark", Integer.getInteger("items", 5_000))
            .listedPullRequests()
            .toList();
    Results results = new Results("upsert");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        HikariDataSource rewriting = database.rewritingDataSource()) {
      JdbcStore.open(database.dataSource()).installSchema();
      InterleavedRounds rounds = InterleavedRounds.ofProperties(2, 5);
      for (String size : System.getProperty("sizes", "10,25,50,100,500").split(",")) {
        int chunkSize = Integer.parseInt(size);
        List<Contestant> contestants = new ArrayList<>();
        for (UpsertMethod method : UpsertMethod.values()) {
          DataSource source =
              method == UpsertMethod.REWRITTEN_BATCH ? rewriting : database.dataSource();
          contestants.add(
              new Contestant(
                  method.title(),
                  () -> {
                    database.empty();
                    Map<String, Double> rates = new LinkedHashMap<>();
                    rates.put("newPerSecond", rate(method, source, items, chunkSize));
                    rates.put("unchangedPerSecond", rate(method, source, items, chunkSize));
                    return rates;
                  }));
        }
        results.addAll(Map.of("chunkSize", chunkSize), rounds.run(contestants));
      }
    }
    results.write();
  }

  private static double rate(
      UpsertMethod method, DataSource source, List<PullRequest> items, int chunkSize)
      throws Exception {
    try (Connection connection = source.getConnection()) {
      method.prepare(connection);
      connection.setAutoCommit(false);
      long start = System.nanoTime();
      for (int from = 0; from < items.size(); from += chunkSize) {
        method.write(connection, items.subList(from, Math.min(items.size(), from + chunkSize)));
        connection.commit();
      }
      double rate = items.size() * 1e9 / (System.nanoTime() - start);
      connection.setAutoCommit(true);
      return rate;
    }
  }
}
