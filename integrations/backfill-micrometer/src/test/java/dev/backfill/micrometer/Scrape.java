package dev.backfill.micrometer;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A scrape in Prometheus text.
 *
 * @param types the type of each family, by its name
 * @param series the time series
 */
record Scrape(Map<String, String> types, List<Series> series) {

  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** One time series and its value. */
  record Series(String name, Map<String, String> labels, double value) {}

  static Scrape of(PrometheusMeterRegistry registry) {
    Map<String, String> types = new HashMap<>();
    List<Series> series = new ArrayList<>();
    for (String line : registry.scrape().lines().toList()) {
      Matcher type = TYPE.matcher(line);
      Matcher sample = SAMPLE.matcher(line);
      if (type.matches()) {
        types.put(type.group(1), type.group(2));
      } else if (sample.matches()) {
        series.add(
            new Series(
                sample.group(1), labels(sample.group(2)), Double.parseDouble(sample.group(3))));
      } else if (!line.startsWith("# ")) {
        throw new IllegalStateException("no Prometheus text: " + line);
      }
    }
    return new Scrape(types, series);
  }

  /** Everything that has a meter, in a registry of its own. */
  static Scrape ofTheWorld() throws InterruptedException {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    World.runInto(registry);
    return of(registry);
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new HashMap<>();
    Matcher label = LABEL.matcher(text == null ? "" : text);
    while (label.find()) {
      labels.put(label.group(1), label.group(2));
    }
    return labels;
  }

  List<Series> named(String name) {
    return series.stream().filter(each -> each.name().equals(name)).toList();
  }

  /** Whether a name only grows: a counter, or the count or the sum of a timer. */
  boolean isCounter(String name) {
    return "counter".equals(types.get(name))
        || "summary".equals(types.get(name.replaceFirst("_(count|sum)$", "")))
            && !types.containsKey(name);
  }

  String text() {
    return series.stream().map(Series::toString).collect(Collectors.joining("\n"));
  }
}
