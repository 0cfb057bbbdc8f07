package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.Column;
import dev.backfill.api.internal.history.UpsertTable;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL's upsert of rows that are JSON arrays, for functions of the database: the statement of
 * {@link PostgresUpsert} over another source of rows.
 */
public final class JsonUpsert {

  private JsonUpsert() {}

  /** An expression that replaces the value of a column, or the value itself. */
  @FunctionalInterface
  public interface Values {

    /**
     * Returns the expression of a column.
     *
     * @param table the table
     * @param column its name
     * @param value the expression of its text in the array
     */
    String of(UpsertTable table, String column, String value);
  }

  /**
   * Returns the template of a statement that writes rows newer-wins. It returns for each written
   * row true if it was {@code inserted}.
   *
   * @param rows the name of a jsonb value: an array of rows, each an array in the table's order
   * @param values replaces the values of some columns
   */
  public static String sql(UpsertTable table, String rows, Values values) {
    List<String> expressions = new ArrayList<>();
    List<Column> columns = table.columns();
    for (int i = 0; i < columns.size(); i++) {
      String name = columns.get(i).name();
      String value = values.of(table, name, text(i));
      expressions.add("(" + value + ")::" + type(columns.get(i)) + " AS " + name);
    }
    return PostgresUpsert.statement(
        table,
        String.join(", ", expressions) + " FROM jsonb_array_elements(" + rows + ") AS given (r)");
  }

  /** Returns the expression of the text of a column in a row. */
  public static String text(int column) {
    return "r ->> " + column;
  }

  private static String type(Column column) {
    return switch (column.type()) {
      case INTEGER -> "int4";
      case BIGINT -> "int8";
      case BOOLEAN -> "bool";
      case TEXT -> "text";
      case TIMESTAMP -> "timestamptz";
    };
  }
}
