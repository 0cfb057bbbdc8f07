package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.UpsertTable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** The expressions of an upsert that writes rows of a table newer-wins. */
final class NewerWins {

  private NewerWins() {}

  /** Joins an expression of each key column. */
  static String eachKey(UpsertTable table, String separator, UnaryOperator<String> expression) {
    return table.names().subList(0, table.keys()).stream()
        .map(expression)
        .collect(Collectors.joining(separator));
  }

  /** Joins an expression of each column that is not of the key. */
  static String eachValue(UpsertTable table, String separator, UnaryOperator<String> expression) {
    return table.names().subList(table.keys(), table.columns().size()).stream()
        .map(expression)
        .collect(Collectors.joining(separator));
  }

  /** Returns the value of a column after an update, with the names of the two rows. */
  static String merged(UpsertTable table, String column, String stored, String incoming) {
    String value = incoming + "." + column;
    if (!table.partial().columns().contains(column)) {
      return value;
    }
    String keeps = incoming + "." + table.partial().marker() + " IS NULL";
    if (table.version() != null) {
      keeps += " OR " + stored + "." + table.version() + " = " + incoming + "." + table.version();
    }
    return "COALESCE(%s, CASE WHEN %s THEN %s.%s END)".formatted(value, keeps, stored, column);
  }

  /** Returns the condition under which a row replaces the stored one, with the names of the two. */
  static String replaces(UpsertTable table, String stored, String incoming) {
    String differs =
        "("
            + eachValue(table, ", ", column -> stored + "." + column)
            + ") IS DISTINCT FROM ("
            + eachValue(table, ", ", column -> merged(table, column, stored, incoming))
            + ")";
    return table.version() == null
        ? differs
        : notNewer(table, stored, incoming) + " AND " + differs;
  }

  /** Returns the condition under which the stored row is not newer, with the names of the two. */
  static String notNewer(UpsertTable table, String stored, String incoming) {
    if (table.version() == null) {
      return "TRUE";
    }
    String storedVersion = stored + "." + table.version();
    return "COALESCE("
        + (storedVersion + " <= " + incoming + "." + table.version())
        + (", " + storedVersion + " IS NULL)");
  }
}
