package dev.backfill.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A renderer that fills docs/performance.md with the figures of the latest runs. It replaces the
 * text between a pair of markers if there are results for it, and writes charts beside the page.
 */
public final class PerformancePage {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path results;
  private final Path charts;
  private String page;

  PerformancePage(Path results, Path charts, String page) {
    this.results = results;
    this.charts = charts;
    this.page = page;
  }

  /**
   * Renders the page.
   *
   * @param args the directory of the results, and that of the documentation
   * @throws IOException if a file cannot be read or written
   */
  public static void main(String[] args) throws IOException {
    Path docs = Path.of(args[1]);
    Path file = docs.resolve("performance.md");
    Files.writeString(
        file,
        new PerformancePage(Path.of(args[0]), docs.resolve("performance"), Files.readString(file))
            .render());
  }

  String render() throws IOException {
    Files.createDirectories(charts);
    commit();
    upsert();
    endToEnd();
    single("profile", Map.of("percent", "% of the samples"));
    single("many-repositories", Map.of("repositoriesPerSecond", "repositories a second"));
    Map<String, String> large = new LinkedHashMap<>();
    large.put("items", "pull requests");
    large.put("wallMillis", "ms");
    large.put("itemsPerSecond", "pull requests a second");
    large.put("statementsPerChunk", "statements a chunk");
    large.put("cpuMicrosPerItem", "µs of processor a pull request");
    single("large-history", large);
    largeHistoryChart();
    Map<String, String> start = new LinkedHashMap<>();
    start.put("fromMainMillis", "ms from main");
    start.put("fromProcessMillis", "ms from the process");
    start.put("kilobytes", "KB");
    single("start-up", start);
    jmh();
    return page;
  }

  private void commit() throws IOException {
    JsonNode result = read("commit");
    for (String database : List.of("postgresql", "h2")) {
      List<JsonNode> rows = rows(result, "database", database);
      if (!rows.isEmpty()) {
        Pivot pivot = Pivot.byParameter(rows, "chunkSize", "itemsPerSecond");
        fill("commit-" + database, measured(result) + pivot.markdown("chunk size"));
        chart(
            "commit-" + database,
            "Pull requests committed a second",
            pivot.byColumn("chunk size "));
      }
    }
  }

  private void upsert() throws IOException {
    JsonNode result = read("upsert");
    if (result.isEmpty()) {
      return;
    }
    Pivot fresh = Pivot.byParameter(result.path("rows"), "chunkSize", "newPerSecond");
    Pivot existing = Pivot.byParameter(result.path("rows"), "chunkSize", "unchangedPerSecond");
    fill(
        "upsert",
        measured(result)
            + fresh.markdown("new rows a second, by chunk size")
            + "\n"
            + existing.markdown("unchanged rows a second, by chunk size"));
    chart("upsert", "New rows a second", fresh.byColumn("chunk size "));
  }

  private void endToEnd() throws IOException {
    JsonNode result = read("end-to-end");
    Map<String, String> titles = new LinkedHashMap<>();
    titles.put("wallMillis", "ms");
    titles.put("cpuMillis", "ms of processor");
    titles.put("compilerMillis", "of it the JIT compilers");
    titles.put("itemsPerSecond", "pull requests a second");
    titles.put("requests", "requests");
    for (String scenario : List.of("list-0", "list-0-warm", "list-100", "everything-100")) {
      List<JsonNode> rows = rows(result, "scenario", scenario);
      if (!rows.isEmpty()) {
        fill(
            "end-to-end-" + scenario, measured(result) + Pivot.byMetric(rows, titles).markdown(""));
        chart(
            "end-to-end-" + scenario,
            "Pull requests a second, end to end",
            Pivot.byParameter(rows, "scenario", "itemsPerSecond").byColumn(""));
      }
    }
  }

  private void largeHistoryChart() throws IOException {
    Pivot tenths =
        Pivot.byMetric(read("large-history").path("rows"), Map.of("itemsPerSecond", "backfill"));
    if (!tenths.rows().isEmpty()) {
      chart("large-history", "Pull requests a second, along a history", tenths.rows());
    }
  }

  private void single(String name, Map<String, String> titles) throws IOException {
    JsonNode result = read(name);
    if (!result.isEmpty()) {
      fill(name, measured(result) + Pivot.byMetric(result.path("rows"), titles).markdown(""));
    }
  }

  private void jmh() throws IOException {
    Pivot parsing = new Pivot(new ArrayList<>(), new LinkedHashMap<>());
    Pivot loop = new Pivot(new ArrayList<>(), new LinkedHashMap<>());
    for (JsonNode row : read("jmh")) {
      String name = row.path("benchmark").asText();
      double score = row.path("primaryMetric").path("score").asDouble();
      if (name.contains("ParsingBenchmark")) {
        String way = name.substring(name.lastIndexOf('.') + 1);
        parsing.put(way, "µs a pull request", score);
        // This is per operation already; an invocation has a hundred.
        JsonNode bytes = row.path("secondaryMetrics").findValue("gc.alloc.rate.norm");
        bytes =
            bytes == null ? row.path("secondaryMetrics").findValue("·gc.alloc.rate.norm") : bytes;
        if (bytes != null) {
          parsing.put(way, "bytes allocated a pull request", bytes.path("score").asDouble());
        }
      } else {
        loop.put("the engine's loop", row.path("params").path("chunkSize").asText(), score);
      }
    }
    if (!parsing.rows().isEmpty()) {
      fill("parsing", parsing.markdown(""));
    }
    if (!loop.rows().isEmpty()) {
      fill("engine-loop", loop.markdown("items a second, by chunk size"));
    }
  }

  private JsonNode read(String name) throws IOException {
    Path file = results.resolve(name + ".json");
    return Files.exists(file) ? JSON.readTree(file.toFile()) : JSON.createObjectNode();
  }

  private static List<JsonNode> rows(JsonNode result, String parameter, String value) {
    List<JsonNode> rows = new ArrayList<>();
    result
        .path("rows")
        .forEach(
            row -> {
              if (row.path(parameter).asText().equals(value)) {
                rows.add(row);
              }
            });
    return rows;
  }

  private static String measured(JsonNode result) {
    return "Measured on %s: %s.%n%n"
        .formatted(
            result.path("measuredAt").asText().substring(0, 10), result.path("machine").asText());
  }

  private void fill(String name, String text) {
    String begin = "<!-- begin " + name + " -->";
    String end = "<!-- end " + name + " -->";
    int from = page.indexOf(begin);
    int to = page.indexOf(end);
    if (from < 0 || to < from) {
      throw new IllegalStateException("the page has no markers for " + name);
    }
    page =
        page.substring(0, from + begin.length()) + "\n" + text.strip() + "\n" + page.substring(to);
  }

  private void chart(String name, String unit, Map<String, Map<String, Double>> groups)
      throws IOException {
    Files.writeString(
        charts.resolve(name + ".svg"), new SvgChart(unit, "medians; more is better", groups).svg());
  }
}
