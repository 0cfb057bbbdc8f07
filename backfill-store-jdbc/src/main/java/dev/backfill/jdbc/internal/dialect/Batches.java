package dev.backfill.jdbc.internal.dialect;

import dev.backfill.jdbc.internal.sql.Statements;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches of one statement for many rows. */
final class Batches {

  private Batches() {}

  /** Runs a statement for each row; returns the number of rows that each has changed. */
  static int[] run(Connection connection, String sql, List<@Nullable Object[]> rows)
      throws SQLException {
    if (rows.isEmpty()) {
      return new int[0];
    }
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (@Nullable Object[] row : rows) {
        Statements.bind(statement, row);
        statement.addBatch();
      }
      return statement.executeBatch();
    }
  }

  /** Returns the rows that an insert did not store, because their keys existed. */
  static List<@Nullable Object[]> existing(List<@Nullable Object[]> rows, int[] inserted) {
    List<@Nullable Object[]> existing = new ArrayList<>();
    for (int i = 0; i < inserted.length; i++) {
      if (inserted[i] == 0) {
        existing.add(rows.get(i));
      }
    }
    return existing;
  }
}
