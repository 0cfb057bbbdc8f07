package dev.backfill.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Medians by row and column.
 *
 * @param columns the columns' names, in order
 * @param rows each row's values, by column
 */
record Pivot(List<String> columns, Map<String, Map<String, Double>> rows) {

  /** Returns the medians of one metric, with a column for each value of a parameter. */
  static Pivot byParameter(Iterable<JsonNode> results, String parameter, String metric) {
    Pivot pivot = new Pivot(new ArrayList<>(), new LinkedHashMap<>());
    for (JsonNode row : results) {
      if (row.has(metric)) {
        pivot.put(
            row.path("contestant").asText(),
            row.path(parameter).asText(),
            row.path(metric).path("median").asDouble());
      }
    }
    return pivot;
  }

  /** Returns the medians of several metrics, each in a column. */
  static Pivot byMetric(Iterable<JsonNode> results, Map<String, String> titles) {
    Pivot pivot = new Pivot(new ArrayList<>(), new LinkedHashMap<>());
    for (JsonNode row : results) {
      titles.forEach(
          (metric, title) -> {
            if (row.has(metric)) {
              pivot.put(
                  row.path("contestant").asText(),
                  title,
                  row.path(metric).path("median").asDouble());
            }
          });
    }
    return pivot;
  }

  void put(String row, String column, double value) {
    if (!columns.contains(column)) {
      columns.add(column);
    }
    rows.computeIfAbsent(row, name -> new LinkedHashMap<>()).put(column, value);
  }

  /** Returns the transposed values: for each column, the rows. */
  Map<String, Map<String, Double>> byColumn(String prefix) {
    Map<String, Map<String, Double>> groups = new LinkedHashMap<>();
    for (String column : columns) {
      Map<String, Double> group = new LinkedHashMap<>();
      rows.forEach(
          (row, values) -> {
            Double value = values.get(column);
            if (value != null) {
              group.put(row, value);
            }
          });
      groups.put(prefix + column, group);
    }
    return groups;
  }

  /** Returns a table in Markdown. */
  String markdown(String corner) {
    StringBuilder table = new StringBuilder("| " + corner + " |");
    columns.forEach(column -> table.append(' ').append(column).append(" |"));
    table.append("\n| --- |").append(" ---: |".repeat(columns.size())).append('\n');
    rows.forEach(
        (row, values) -> {
          table.append("| ").append(row).append(" |");
          for (String column : columns) {
            Double value = values.get(column);
            table.append(' ').append(value == null ? "" : Figures.text(value)).append(" |");
          }
          table.append('\n');
        });
    return table.toString();
  }
}
