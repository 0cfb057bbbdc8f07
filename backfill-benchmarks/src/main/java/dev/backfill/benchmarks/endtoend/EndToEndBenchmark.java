package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Contestant;
import dev.backfill.benchmarks.InterleavedRounds;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time and the processor time of a history from GitHub over loopback HTTP into PostgreSQL. The
 * contestants are ours, hub4j with plain JDBC, and a bare client that stores nothing or by plain
 * JDBC. Each runs in a process of its own, in turn. GitHub's answers come from memory.
 *
 * <p>Properties:
 *
 * <ul>
 *   <li>{@code scenarios} of {@code list-0}, {@code list-0-warm}, {@code list-100}, {@code
 *       everything-100};
 *   <li>{@code items}, {@code contestants}, {@code warmups}, {@code rounds};
 *   <li>{@code tasks}, the number of tasks of a warm process, of which the last is measured;
 *   <li>{@code jvm}, options for the measured processes.
 * </ul>
 */
public final class EndToEndBenchmark {

  private final BenchmarkDatabase database;
  private final ReplayingGitHub gitHub;
  private final Results results;

  private EndToEndBenchmark(BenchmarkDatabase database, ReplayingGitHub gitHub, Results results) {
    this.database = database;
    this.gitHub = gitHub;
    this.results = results;
  }

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if a contestant fails
   */
  public static void main(String[] args) throws Exception {
    int items = Integer.getInteger("items", 20_000);
    Results results = new Results("end-to-end");
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub =
            new ReplayingGitHub(
                SimulatedRepository.of("sim/list", items),
                SimulatedRepository.builder("sim/everything")
                    .id(2)
                    .pullRequests(Integer.getInteger("everything", 1_000))
                    .build())) {
      JdbcStore.open(database.dataSource()).installSchema();
      EndToEndBenchmark benchmark = new EndToEndBenchmark(database, gitHub, results);
      for (String scenario :
          System.getProperty("scenarios", "list-0,list-0-warm,list-100,everything-100")
              .split(",")) {
        benchmark.run(scenario);
      }
    }
    results.write();
  }

  private void run(String scenario) throws Exception {
    String[] parts = scenario.split("-");
    Duration latency = Duration.ofMillis(Long.parseLong(parts[1]));
    boolean warm = parts.length > 2;
    List<Contestant> contestants =
        parts[0].equals("list")
            ? list(latency, warm ? Integer.getInteger("tasks", 25) : 1)
            : everything(latency);
    String selected = System.getProperty("contestants");
    if (selected != null) {
      contestants =
          contestants.stream()
              .filter(contestant -> Arrays.asList(selected.split(";")).contains(contestant.name()))
              .toList();
    }
    results.addAll(
        Map.of("scenario", scenario),
        InterleavedRounds.ofProperties(warm ? 0 : 1, 5).run(contestants));
  }

  private List<Contestant> list(Duration latency, int tasks) {
    Map<String, String> list =
        Map.of("repository", "sim/list", "what", "LIST", "tasks", String.valueOf(tasks));
    List<Contestant> contestants = new ArrayList<>();
    contestants.add(contestant("backfill", "backfill", latency, list));
    if (!latency.isZero()) {
      contestants.add(
          contestant(
              "backfill, 8 pages ahead", "backfill", latency, with(list, "concurrency", "8")));
    }
    contestants.add(contestant("hub4j", "hub4j", latency, list));
    contestants.add(contestant("bare client, stored by hand", "bare-storing", latency, list));
    contestants.add(contestant("bare client", "bare", latency, list));
    contestants.add(contestant("bare client, gzip", "bare-gzip", latency, list));
    return contestants;
  }

  private List<Contestant> everything(Duration latency) {
    Map<String, String> all = Map.of("repository", "sim/everything", "what", "EVERYTHING");
    Map<String, String> rest = with(all, "transport", "REST");
    Map<String, String> graphQl = with(all, "transport", "GRAPHQL");
    return List.of(
        contestant("backfill, REST", "backfill", latency, rest),
        contestant(
            "backfill, REST, 32 at once", "backfill", latency, with(rest, "concurrency", "32")),
        contestant("backfill, GraphQL", "backfill", latency, graphQl),
        contestant(
            "backfill, GraphQL, 8 at once", "backfill", latency, with(graphQl, "concurrency", "8")),
        contestant(
            "hub4j", "hub4j", latency, with(all, "limit", System.getProperty("hub4jItems", "60"))));
  }

  private Contestant contestant(
      String title, String name, Duration latency, Map<String, String> what) {
    return new Contestant(title, () -> measure(name, latency, what));
  }

  private Map<String, Double> measure(String name, Duration latency, Map<String, String> what)
      throws Exception {
    database.empty();
    gitHub.begin(latency);
    Map<String, String> properties = new LinkedHashMap<>(what);
    properties.put("gitHub", gitHub.url().toString());
    properties.put("database", database.url());
    List<String> options =
        Arrays.stream(System.getProperty("jvm", "").split(" "))
            .filter(option -> !option.isEmpty())
            .toList();
    String[] result = ChildProcess.run(ContestantMain.class, options, properties, name);
    Map<String, Double> measured = new LinkedHashMap<>();
    measured.put("wallMillis", Double.valueOf(result[0]));
    measured.put("cpuMillis", Double.valueOf(result[1]));
    measured.put(
        "itemsPerSecond", 1_000.0 * Double.parseDouble(result[2]) / Double.parseDouble(result[0]));
    measured.put("compilerMillis", Double.valueOf(result[3]));
    measured.put("collectorMillis", Double.valueOf(result[4]));
    measured.put(
        "javaMillis",
        Double.parseDouble(result[1])
            - Double.parseDouble(result[3])
            - Double.parseDouble(result[4]));
    double tasks = Double.parseDouble(what.getOrDefault("tasks", "1"));
    measured.put("requests", gitHub.requests() / tasks);
    measured.put("megabytes", gitHub.bytes() / tasks / 1e6);
    return measured;
  }

  private static Map<String, String> with(Map<String, String> map, String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(map);
    more.put(name, value);
    return more;
  }
}
