package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs statements with parameters, each prepared for the call. */
public final class Statements {

  private Statements() {}

  /**
   * Reads a row.
   *
   * @param <R> what it is read as
   */
  @FunctionalInterface
  public interface Mapper<R> {
    /** Reads the row at which the result stands. */
    R map(ResultSet row) throws SQLException;
  }

  /** Runs a statement that changes rows, and says how many. */
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
      statement.setObject(i + 1, stored(parameters[i]));
    }
  }

  /** Reads a time stamp; a database that has no type for it keeps it as text. */
  public static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
    Object value = row.getObject(column);
    if (value == null) {
      return null;
    }
    return value instanceof String text
        ? Instant.parse(text)
        : row.getObject(column, OffsetDateTime.class).toInstant();
  }

  /** Reads a number that may be missing. */
  public static @Nullable Long number(ResultSet row, String column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : Long.valueOf(value);
  }

  /** A value as the driver takes it. */
  public static @Nullable Object stored(@Nullable Object value) {
    if (value instanceof String text) {
      return StoredText.of(text);
    }
    if (value instanceof Instant instant) {
      return instant.atOffset(ZoneOffset.UTC);
    }
    return value;
  }
}
