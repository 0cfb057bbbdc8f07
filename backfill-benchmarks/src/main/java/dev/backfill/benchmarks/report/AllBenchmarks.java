package dev.backfill.benchmarks.report;

import dev.backfill.benchmarks.commit.CommitBenchmark;
import dev.backfill.benchmarks.commit.UpsertBenchmark;
import dev.backfill.benchmarks.endtoend.EndToEndBenchmark;
import dev.backfill.benchmarks.endtoend.LargeHistoryBenchmark;
import dev.backfill.benchmarks.endtoend.ManyRepositoriesBenchmark;
import dev.backfill.benchmarks.endtoend.ProfileBenchmark;
import dev.backfill.benchmarks.endtoend.StartUpBenchmark;
import dev.backfill.benchmarks.growth.GrowthBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A runner of the benchmarks, one after the other. Each is a process of its own, and writes its
 * results as JSON.
 *
 * <p>Properties: {@code length}, {@code short} or {@code full}; {@code benchmarks}, a regular
 * expression that names must match; {@code results}, the directory of results; and those of each
 * benchmark.
 */
public final class AllBenchmarks {

  private record Plan(String name, Map<String, String> whenShort, List<String> arguments) {

    Plan(Class<?> main, Map<String, String> whenShort) {
      this(main.getName(), whenShort, List.of());
    }
  }

  /** The properties of the command line that each process gets. */
  private static final List<String> PASSED =
      List.of(
          "results",
          "items",
          "sizes",
          "databases",
          "contestants",
          "scenarios",
          "tasks",
          "everything",
          "hub4jItems",
          "repositories",
          "large",
          "largeHeap",
          "jobs",
          "rows",
          "page",
          "warmups",
          "rounds",
          "jvm");

  private AllBenchmarks() {}

  /**
   * Runs the benchmarks.
   *
   * @param args none
   * @throws IOException if a process cannot be started, or fails
   * @throws InterruptedException if this thread is interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    boolean isShort = System.getProperty("length", "short").equals("short");
    Pattern selected = Pattern.compile(System.getProperty("benchmarks", ".*"));
    Path results = Path.of(System.getProperty("results", "target/results"));
    Files.createDirectories(results);
    for (Plan plan : plans(results, isShort)) {
      if (selected.matcher(plan.name()).find()
          || plan.arguments().stream().anyMatch(argument -> selected.matcher(argument).find())) {
        run(plan, isShort);
      }
    }
  }

  private static List<Plan> plans(Path results, boolean isShort) {
    List<String> jmh =
        new ArrayList<>(List.of("(EngineLoop|Parsing)Benchmark", "-foe", "true", "-prof", "gc"));
    jmh.addAll(List.of("-rf", "json", "-rff", results.resolve("jmh.json").toString()));
    if (isShort) {
      jmh.addAll(List.of("-wi", "2", "-i", "3", "-p", "chunkSize=1,25,50,100"));
    }
    return List.of(
        new Plan(
            CommitBenchmark.class,
            Map.of("items", "2500", "sizes", "10,25,50,100,500", "rounds", "5", "warmups", "1")),
        new Plan(
            UpsertBenchmark.class,
            Map.of("items", "1500", "sizes", "25,50,100", "rounds", "5", "warmups", "1")),
        new Plan(
            EndToEndBenchmark.class,
            Map.of(
                "items",
                "5000",
                "everything",
                "200",
                "hub4jItems",
                "8",
                "rounds",
                "3",
                "tasks",
                "10")),
        new Plan(ProfileBenchmark.class, Map.of("items", "5000", "rounds", "2")),
        new Plan(ManyRepositoriesBenchmark.class, Map.of("repositories", "40", "rounds", "3")),
        new Plan(LargeHistoryBenchmark.class, Map.of("large", "30000", "rounds", "3")),
        new Plan(GrowthBenchmark.class, Map.of("jobs", "2000", "rows", "100000", "rounds", "3")),
        new Plan(StartUpBenchmark.class, Map.of("rounds", "5")),
        new Plan("org.openjdk.jmh.Main", Map.of(), jmh));
  }

  private static void run(Plan plan, boolean isShort) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn");
    for (String name : PASSED) {
      String value = System.getProperty(name, "");
      if (value.isEmpty() && isShort) {
        value = plan.whenShort().getOrDefault(name, "");
      }
      if (!value.isEmpty()) {
        command.add("-D" + name + "=" + value);
      }
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), plan.name()));
    command.addAll(plan.arguments());
    Instant start = Instant.now();
    System.out.println("== " + plan.name());
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException(plan.name() + " ended with status " + status);
    }
    System.out.println("== " + Duration.between(start, Instant.now()).toSeconds() + " s");
  }
}
