package dev.backfill.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The queries of the Grafana dashboard ask for time series that a scraped registry has. */
class DashboardTest {

  private static final Path DASHBOARD = Path.of("grafana", "backfill.json");
  private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
  private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");

  private static Scrape scrape;
  private static JsonNode dashboard;

  @BeforeAll
  static void scrape() throws Exception {
    scrape = Scrape.ofTheWorld();
    dashboard = new ObjectMapper().readTree(DASHBOARD.toFile());
  }

  @Test
  void everyQueryAsksForTimeSeriesThatExist() {
    Map<String, List<String>> wrong = new LinkedHashMap<>();
    for (JsonNode panel : dashboard.get("panels")) {
      assertThat(panel.get("targets")).as(panel.get("title").asText()).isNotEmpty();
      for (JsonNode target : panel.get("targets")) {
        List<String> faults = faults(target.get("expr").asText());
        faults.addAll(unknownLabelsOfLegend(target));
        if (!faults.isEmpty()) {
          wrong.put(panel.get("title").asText(), faults);
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void everyAlertOfThePageAsksForTimeSeriesThatExist() throws IOException {
    List<String> queries =
        Files.readAllLines(Path.of("..", "..", "docs", "metrics.md")).stream()
            .dropWhile(line -> !line.equals("## Alerts"))
            .filter(line -> line.startsWith("| `"))
            .map(line -> line.replaceAll("^\\| `([^`]*)`.*", "$1"))
            .toList();
    assertThat(queries)
        .hasSizeGreaterThan(3)
        .allSatisfy(query -> assertThat(faults(query)).isEmpty());
  }

  @Test
  void everyMeterIsShown() {
    Set<String> shown = new TreeSet<>();
    for (JsonNode panel : dashboard.get("panels")) {
      for (JsonNode target : panel.get("targets")) {
        PromQl.of(target.get("expr").asText())
            .selectors()
            .forEach(selector -> shown.add(meter(selector.metric())));
      }
    }
    Set<String> meters = new TreeSet<>();
    scrape.series().forEach(series -> meters.add(meter(series.name())));
    assertThat(meters).hasSizeGreaterThan(10);
    assertThat(shown).isEqualTo(meters);
  }

  /** The name without the parts that a timer has. */
  private static String meter(String name) {
    return name.replaceFirst("_(count|sum|max)$", "");
  }

  @Test
  void variablesAreFilledFromTimeSeriesThatExist() {
    List<String> names = new ArrayList<>();
    for (JsonNode variable : dashboard.get("templating").get("list")) {
      names.add(variable.get("name").asText());
      if (variable.get("type").asText().equals("query")) {
        Matcher query = LABEL_VALUES.matcher(variable.get("query").get("query").asText());
        assertThat(query.matches()).isTrue();
        assertThat(scrape.named(query.group(1)))
            .isNotEmpty()
            .allSatisfy(series -> assertThat(series.labels()).containsKey(query.group(2)));
        assertThat(variable.get("definition").asText()).isEqualTo(query.group());
      }
    }
    assertThat(names).containsExactly("datasource", "stream");
  }

  @Test
  void panelsHaveNumbersAndPlacesOfTheirOwn() {
    Set<Integer> ids = new TreeSet<>();
    Set<String> cells = new TreeSet<>();
    int area = 0;
    for (JsonNode panel : dashboard.get("panels")) {
      assertThat(ids.add(panel.get("id").asInt())).isTrue();
      assertThat(panel.get("description").asText()).endsWith(".");
      JsonNode place = panel.get("gridPos");
      for (int x = 0; x < place.get("w").asInt(); x++) {
        for (int y = 0; y < place.get("h").asInt(); y++) {
          cells.add((place.get("x").asInt() + x) + "," + (place.get("y").asInt() + y));
          area++;
        }
      }
      assertThat(place.get("x").asInt() + place.get("w").asInt()).isLessThanOrEqualTo(24);
    }
    assertThat(cells).hasSize(area);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "max(backfill_job); backfill_job is not scraped",
        "sum by (kind) (rate(backfill_items_total[5m])); backfill_items_total has no label kind",
        "rate(backfill_items_total{outcome=\"deleted\"}[5m]); no backfill_items_total has"
            + " outcome=deleted",
        "rate(backfill_items_total{repo=~\"$repo\"}[5m]); backfill_items_total has no label repo",
        "sum(backfill_items_total); backfill_items_total grows, and is not in rate or increase",
        "rate(backfill_jobs[5m]); backfill_jobs is no counter, and is in rate",
        "rate(backfill_items_total); backfill_items_total is in rate without a range",
        "sum(backfill_jobs[5m]); backfill_jobs has a range, and is not in rate or increase"
      })
  void aWrongQueryIsFound(String query, String fault) {
    assertThat(faults(query)).contains(fault);
  }

  @Test
  void aQueryWithAnOpenBracketIsRefused() {
    assertThatThrownBy(() -> PromQl.of("sum(rate(x[5m])")).hasMessageContaining("not closed");
  }

  private static List<String> faults(String text) {
    PromQl query = PromQl.of(text);
    List<String> faults = new ArrayList<>();
    for (PromQl.Selector selector : query.selectors()) {
      List<Scrape.Series> found = scrape.named(selector.metric());
      if (found.isEmpty()) {
        faults.add(selector.metric() + " is not scraped");
      } else {
        faults.addAll(faultsOfLabels(query, selector, found));
        faults.addAll(faultsOfTime(selector));
      }
    }
    return faults;
  }

  private static List<String> faultsOfLabels(
      PromQl query, PromQl.Selector selector, List<Scrape.Series> found) {
    List<String> faults = new ArrayList<>();
    Set<String> labels = new TreeSet<>(query.groupings());
    labels.addAll(selector.matchers().keySet());
    for (String label : labels) {
      if (!found.stream().allMatch(series -> series.labels().containsKey(label))) {
        faults.add(selector.metric() + " has no label " + label);
      }
    }
    selector
        .matchers()
        .forEach(
            (label, matcher) -> {
              boolean literal = matcher.startsWith("=") && !matcher.startsWith("=~");
              if (literal
                  && found.stream()
                      .noneMatch(series -> matcher.equals("=" + series.labels().get(label)))) {
                faults.add("no " + selector.metric() + " has " + label + matcher);
              }
            });
    return faults;
  }

  private static List<String> faultsOfTime(PromQl.Selector selector) {
    List<String> faults = new ArrayList<>();
    boolean rated = Set.of("rate", "increase").contains(selector.function());
    // The number of active slices is a count that also falls.
    boolean counter =
        scrape.isCounter(selector.metric())
            && !selector.metric().equals("backfill_slice_active_seconds_count");
    if (counter && !rated) {
      faults.add(selector.metric() + " grows, and is not in rate or increase");
    }
    if (!counter && rated) {
      faults.add(selector.metric() + " is no counter, and is in " + selector.function());
    }
    if (rated && !selector.overTime()) {
      faults.add(selector.metric() + " is in " + selector.function() + " without a range");
    }
    if (!rated && selector.overTime()) {
      faults.add(selector.metric() + " has a range, and is not in rate or increase");
    }
    return faults;
  }

  private static List<String> unknownLabelsOfLegend(JsonNode target) {
    Set<String> groupings = PromQl.of(target.get("expr").asText()).groupings();
    List<String> faults = new ArrayList<>();
    Matcher label = LEGEND.matcher(target.get("legendFormat").asText());
    while (label.find()) {
      if (!groupings.contains(label.group(1))) {
        faults.add("the legend has " + label.group(1) + ", which the query does not keep");
      }
    }
    return faults;
  }
}
