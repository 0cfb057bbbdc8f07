package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Contestant;
import dev.backfill.benchmarks.InterleavedRounds;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The time of the library to its first request, from the start of main and from that of the
 * process. The total size of its four jars is measured too, if they are on the class path.
 *
 * <p>Properties: {@code warmups}, {@code rounds}.
 */
public final class StartUpBenchmark {

  private StartUpBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if the library does not start
   */
  public static void main(String[] args) throws Exception {
    Results results = new Results("start-up");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub = new ReplayingGitHub(SimulatedRepository.of("sim/small", 10))) {
      JdbcStore.open(database.dataSource()).installSchema();
      Map<String, String> properties =
          Map.of("gitHub", gitHub.url().toString(), "database", database.url());
      List<Contestant> contestants =
          List.of(
              new Contestant("in memory", () -> measure(database, gitHub, properties, "memory")),
              new Contestant(
                  "PostgreSQL", () -> measure(database, gitHub, properties, "postgresql")));
      results.addAll(Map.of(), InterleavedRounds.ofProperties(1, 10).run(contestants));
    }
    double size = jars();
    if (size > 0) {
      results.add(Map.of(), "jars", Map.of("kilobytes", List.of(size)));
    }
    results.write();
  }

  private static Map<String, Double> measure(
      BenchmarkDatabase database,
      ReplayingGitHub gitHub,
      Map<String, String> properties,
      String store)
      throws Exception {
    database.empty();
    gitHub.begin(Duration.ZERO);
    Instant started = Instant.now();
    String[] result = ChildProcess.run(StartUpMain.class, List.of(), properties, store);
    Instant entered = Instant.EPOCH.plus(Long.parseLong(result[0]), ChronoUnit.MICROS);
    return Map.of(
        "fromMainMillis", millis(entered, gitHub.firstRequest()),
        "fromProcessMillis", millis(started, gitHub.firstRequest()));
  }

  private static double millis(Instant from, Instant to) {
    return ChronoUnit.MICROS.between(from, to) / 1e3;
  }

  private static double jars() throws Exception {
    double bytes = 0;
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (entry.matches(".*backfill-(api|core|github-http|store-jdbc)-[^/]*\\.jar")) {
        bytes += Files.size(Path.of(entry));
      }
    }
    return bytes / 1024;
  }
}
