package dev.backfill.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;

/**
 * The results of one question, in the JSON file from which the documentation's tables and charts
 * are created.
 */
public final class Results {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final String question;
  private final ObjectNode root = JSON.createObjectNode();
  private final ArrayNode rows;

  /**
   * Creates empty results.
   *
   * @param question the file's name, without its ending
   */
  public Results(String question) {
    this.question = question;
    root.put("question", question);
    root.put("measuredAt", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    root.put("machine", machine());
    rows = root.putArray("rows");
  }

  /**
   * Adds the results of a contestant, and prints its median.
   *
   * @param parameters the parameters of its runs
   * @param contestant its name
   * @param metrics the values of each metric, one for each round
   */
  public void add(Map<String, ?> parameters, String contestant, Map<String, List<Double>> metrics) {
    ObjectNode row = rows.addObject();
    parameters.forEach((name, value) -> row.set(name, JSON.valueToTree(value)));
    row.put("contestant", contestant);
    StringBuilder line = new StringBuilder(parameters + " " + contestant + ":");
    metrics.forEach(
        (metric, values) -> {
          ObjectNode node = row.putObject(metric);
          node.put("median", median(values));
          ArrayNode each = node.putArray("values");
          values.forEach(each::add);
          line.append(" %s %,.2f".formatted(metric, median(values)));
        });
    System.out.println(line);
  }

  /**
   * Adds the results of all contestants.
   *
   * @param parameters the parameters of their runs
   * @param contestants the result of {@link InterleavedRounds#run}
   */
  public void addAll(
      Map<String, ?> parameters, Map<String, Map<String, List<Double>>> contestants) {
    contestants.forEach((contestant, metrics) -> add(parameters, contestant, metrics));
  }

  /**
   * Writes the file into the directory of the property {@code results}.
   *
   * @throws IOException if it cannot be written
   */
  public void write() throws IOException {
    Path directory = Path.of(System.getProperty("results", "target/results"));
    Files.createDirectories(directory);
    JSON.writeValue(directory.resolve(question + ".json").toFile(), root);
  }

  /**
   * Returns the median.
   *
   * @param values at least one
   * @return the middle one, or the mean of the two in the middle
   */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static String machine() {
    Runtime runtime = Runtime.getRuntime();
    return "%d cores (%s), %s %s, OpenJDK %s"
        .formatted(
            runtime.availableProcessors(),
            processor(),
            System.getProperty("os.name"),
            System.getProperty("os.arch"),
            Runtime.version());
  }

  private static String processor() {
    try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .findFirst()
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .orElse("unknown processor");
    } catch (IOException e) {
      return "unknown processor";
    }
  }
}
