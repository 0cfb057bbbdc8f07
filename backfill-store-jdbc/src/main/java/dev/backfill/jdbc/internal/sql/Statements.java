package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Statements with parameters, each prepared for the call. */
public final class Statements {

  private Statements() {}

  /**
   * A mapper of rows.
   *
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface Mapper<R> {
    /** Reads the current row. */
    R map(ResultSet row) throws SQLException;
  }

  /** Runs a statement that changes rows; returns their number. */
  public static int update(Connection connection, String sql, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      return statement.executeUpdate();
    }
  }

  /** Runs a query. */
  public static <R> List<R> list(
      Connection connection, String sql, Mapper<R> mapper, @Nullable Object... parameters)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      bind(statement, parameters);
      try (ResultSet rows = statement.executeQuery()) {
        List<R> results = new ArrayList<>();
        while (rows.next()) {
          results.add(mapper.map(rows));
        }
        return results;
      }
    }
  }

  /** Sets all parameters of a statement, from the first on. */
  public static void bind(PreparedStatement statement, @Nullable Object... parameters)
      throws SQLException {
    for (int i = 0; i < parameters.length; i++) {
      set(statement, i + 1, parameters[i]);
    }
  }

  /** Sets a parameter, by its type if it is a frequent one: drivers detect the type more slowly. */
  public static void set(PreparedStatement statement, int index, @Nullable Object value)
      throws SQLException {
    if (value instanceof String text) {
      statement.setString(index, StoredText.of(text));
    } else if (value instanceof Long number) {
      statement.setLong(index, number);
    } else if (value instanceof Integer number) {
      statement.setInt(index, number);
    } else if (value instanceof Instant instant) {
      statement.setObject(index, instant.atOffset(ZoneOffset.UTC));
    } else {
      statement.setObject(index, value);
    }
  }

  /** Reads a timestamp, which is a text in a database without that type. */
  public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return null;
    }
    return value instanceof String text
        ? Instant.parse(text)
        : row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** Reads a text of a newer schema; null if the database was not upgraded and lacks the column. */
  public static @Nullable String textOrAbsent(ResultSet row, String column) throws SQLException {
    ResultSetMetaData columns = row.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      if (columns.getColumnLabel(i).equalsIgnoreCase(column)) {
        return row.getString(i);
      }
    }
    return null;
  }

  /** Reads a number; null if it is null. */
  public static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Long.valueOf(value);
  }
}
