package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Contestant;
import dev.backfill.benchmarks.InterleavedRounds;
import dev.backfill.benchmarks.Results;
import dev.backfill.core.manager.BackfillManager;
import dev.backfill.core.manager.RunSummary;
import dev.backfill.github.GitHub;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The number of small repositories that a manager fetches in a second, with one and with four at
 * once.
 *
 * <p>Properties: {@code repositories}, {@code warmups}, {@code rounds}.
 */
public final class ManyRepositoriesBenchmark {

  private static final int PULL_REQUESTS = 50;

  private ManyRepositoriesBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if a repository does not arrive
   */
  public static void main(String[] args) throws Exception {
    int repositories = Integer.getInteger("repositories", 200);
    SimulatedRepository[] simulated =
        IntStream.range(0, repositories)
            .mapToObj(
                i ->
                    SimulatedRepository.builder("sim/repo-" + i)
                        .id(i + 1)
                        .pullRequests(PULL_REQUESTS)
                        .build())
            .toArray(SimulatedRepository[]::new);
    Results results = new Results("many-repositories");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub = new ReplayingGitHub(simulated)) {
      JdbcStore store = JdbcStore.open(database.dataSource());
      store.installSchema();
      List<Contestant> contestants =
          List.of(
              new Contestant("1 at once", () -> measure(database, gitHub, store, repositories, 1)),
              new Contestant("4 at once", () -> measure(database, gitHub, store, repositories, 4)));
      results.addAll(
          Map.of("repositories", repositories),
          InterleavedRounds.ofProperties(1, 5).run(contestants));
    }
    results.write();
  }

  private static Map<String, Double> measure(
      BenchmarkDatabase database,
      ReplayingGitHub gitHub,
      JdbcStore store,
      int repositories,
      int parallelism)
      throws Exception {
    database.empty();
    gitHub.begin(Duration.ZERO);
    try (GitHub client =
            GitHub.builder().apiUrl(gitHub.url()).token(ReplayingGitHub.TOKEN).build();
        BackfillManager manager =
            BackfillManager.builder(store.progress(), store.jobs())
                .source(client.pullRequests(Set.of()), store.pullRequests())
                .parallelism(parallelism)
                .rules(rules -> rules.withSync(null))
                .build()) {
      long start = System.nanoTime();
      for (int i = 0; i < repositories; i++) {
        manager.track("sim/repo-" + i);
      }
      RunSummary summary = manager.runFor(Duration.ofMinutes(5));
      double seconds = (System.nanoTime() - start) / 1e9;
      if (summary.completed() != repositories) {
        throw new IllegalStateException("of " + repositories + " repositories: " + summary);
      }
      return Map.of("repositoriesPerSecond", repositories / seconds);
    }
  }
}
