package dev.backfill.benchmarks.commit;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The store's newer-wins upsert of pull requests. A row replaces the stored one if it is not older
 * and at least one value differs. A detail that it lacks keeps the stored value.
 */
final class UpsertStatement {

  private static final List<String> DETAILS =
      List.of("additions", "deletions", "changed_files", "commits", "comments");

  /** The columns of a listed pull request, and of details, which a list lacks. */
  static final List<String> COLUMNS = columns();

  private static final String NAMES = String.join(", ", COLUMNS);
  private static final String KEY = "repository_id, number";

  private UpsertStatement() {}

  /** Returns the statement for a number of rows, with a parameter for each value. */
  static String ofValues(int rows) {
    String row = COLUMNS.stream().map(column -> "?").collect(Collectors.joining(", ", "(", ")"));
    return "INSERT INTO pull_requests AS stored (%s) VALUES %s %s"
        .formatted(NAMES, String.join(", ", Collections.nCopies(rows, row)), conflict());
  }

  /** Returns the statement that reads rows from a table called incoming. */
  static String from(String source) {
    return "INSERT INTO pull_requests AS stored (%1$s) SELECT %1$s FROM %2$s ORDER BY %3$s %4$s"
        .formatted(NAMES, source, KEY, conflict());
  }

  /** Returns the same statement, which omits unchanged rows before the insert. */
  static String filteredFrom(String source) {
    return ("INSERT INTO pull_requests AS stored (%1$s) SELECT %1$s FROM %2$s WHERE"
            + " (SELECT %5$s FROM pull_requests AS stored WHERE"
            + " stored.repository_id = incoming.repository_id AND stored.number = incoming.number)"
            + " IS DISTINCT FROM FALSE ORDER BY %3$s %4$s")
        .formatted(NAMES, source, KEY, conflict(), replaces("incoming"));
  }

  private static String conflict() {
    return "ON CONFLICT (%s) DO UPDATE SET %s WHERE %s"
        .formatted(
            KEY,
            values().stream()
                .map(column -> column + " = " + merged(column, "excluded"))
                .collect(Collectors.joining(", ")),
            replaces("excluded"));
  }

  private static String replaces(String incoming) {
    return "stored.updated_at <= %s.updated_at AND (%s) IS DISTINCT FROM (%s)"
        .formatted(
            incoming,
            values().stream().map(column -> "stored." + column).collect(Collectors.joining(", ")),
            values().stream()
                .map(column -> merged(column, incoming))
                .collect(Collectors.joining(", ")));
  }

  private static String merged(String column, String incoming) {
    return DETAILS.contains(column)
        ? "COALESCE(%1$s.%2$s, stored.%2$s)".formatted(incoming, column)
        : incoming + "." + column;
  }

  private static List<String> values() {
    return COLUMNS.subList(2, COLUMNS.size());
  }

  private static List<String> columns() {
    List<String> columns = new ArrayList<>(Rows.PULL_REQUEST);
    columns.addAll(DETAILS);
    return List.copyOf(columns);
  }
}
