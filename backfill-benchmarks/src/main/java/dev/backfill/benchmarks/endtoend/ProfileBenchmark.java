package dev.backfill.benchmarks.endtoend;

import dev.backfill.benchmarks.BenchmarkDatabase;
import dev.backfill.benchmarks.Results;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordingFile;

/**
 * The distribution of time in {@link EndToEndBenchmark}'s list without latency. The JVM's flight
 * recorder samples the threads that run Java; each sample counts for the code nearest to the top.
 *
 * <p>Properties: {@code items}; {@code rounds}, each a process of its own.
 */
public final class ProfileBenchmark {

  /** The owners of code. */
  private enum Owner {
    LOADING(
        "loading and linking of classes",
        "java.lang.ClassLoader",
        "java.lang.invoke.",
        "jdk.internal.loader.",
        "java.net.URLClassLoader"),
    HTTP("the JDK's HTTP client", "java.net.http.", "jdk.internal.net.http."),
    JSON("Jackson", "com.fasterxml.jackson."),
    GITHUB("backfill-github-http", "dev.backfill.github."),
    ENGINE("backfill-core", "dev.backfill.core.", "dev.backfill.api."),
    STORE("backfill-store-jdbc", "dev.backfill.jdbc."),
    DRIVER("PostgreSQL's driver", "org.postgresql."),
    POOL("the connection pool", "com.zaxxer."),
    OTHER("the rest");

    private final String title;
    private final List<String> prefixes;

    Owner(String title, String... prefixes) {
      this.title = title;
      this.prefixes = List.of(prefixes);
    }

    static Owner of(RecordedStackTrace stack) {
      for (RecordedFrame frame : stack.getFrames()) {
        String type = frame.getMethod().getType().getName();
        for (Owner owner : values()) {
          if (owner.prefixes.stream().anyMatch(type::startsWith)) {
            return owner;
          }
        }
      }
      return OTHER;
    }
  }

  private ProfileBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args none
   * @throws Exception if a run fails
   */
  public static void main(String[] args) throws Exception {
    int items = Integer.getInteger("items", 20_000);
    int rounds = Integer.getInteger("rounds", 5);
    Map<Owner, Integer> samples = new EnumMap<>(Owner.class);
    try (BenchmarkDatabase database = BenchmarkDatabase.start(BenchmarkDatabase.Kind.POSTGRESQL);
        ReplayingGitHub gitHub = new ReplayingGitHub(SimulatedRepository.of("sim/list", items))) {
      JdbcStore.open(database.dataSource()).installSchema();
      // The first run creates the answers for the measured runs.
      record(database, gitHub);
      for (int round = 0; round < rounds; round++) {
        record(database, gitHub)
            .forEach((owner, count) -> samples.merge(owner, count, Integer::sum));
      }
    }
    double all = samples.values().stream().mapToInt(Integer::intValue).sum();
    Results results = new Results("profile");
    samples.entrySet().stream()
        .sorted(Collections.reverseOrder(Map.Entry.comparingByValue()))
        .forEach(
            entry ->
                results.add(
                    Map.of(),
                    entry.getKey().title,
                    Map.of("percent", List.of(100 * entry.getValue() / all))));
    results.write();
  }

  private static Map<Owner, Integer> record(BenchmarkDatabase database, ReplayingGitHub gitHub)
      throws Exception {
    database.empty();
    gitHub.begin(Duration.ZERO);
    Path recording = Files.createTempFile("backfill-", ".jfr");
    try {
      ChildProcess.run(
          ContestantMain.class,
          List.of("-XX:StartFlightRecording:filename=" + recording + ",settings=profile"),
          ContestantTask.listing(gitHub.url(), database.url(), "sim/list"),
          "backfill");
      return count(recording);
    } finally {
      Files.delete(recording);
    }
  }

  private static Map<Owner, Integer> count(Path recording) throws IOException {
    Map<Owner, Integer> samples = new EnumMap<>(Owner.class);
    for (RecordedEvent event : RecordingFile.readAllEvents(recording)) {
      RecordedStackTrace stack = event.getStackTrace();
      if (event.getEventType().getName().equals("jdk.ExecutionSample") && stack != null) {
        samples.merge(Owner.of(stack), 1, Integer::sum);
      }
    }
    return samples;
  }
}
