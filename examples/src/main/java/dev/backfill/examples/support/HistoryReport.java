package dev.backfill.examples.support;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/** A short report on the database, by plain SQL on the documented tables. */
public final class HistoryReport {

  private record Figure(String label, String sql) {}

  private static final List<Figure> FIGURES =
      List.of(
          new Figure("pull requests", "SELECT COUNT(*) FROM pull_requests"),
          new Figure("  merged", "SELECT COUNT(*) FROM pull_requests WHERE merged"),
          new Figure("  lines added", "SELECT SUM(additions) FROM pull_requests"),
          new Figure("reviews", "SELECT COUNT(*) FROM pull_request_reviews"),
          new Figure("review comments", "SELECT COUNT(*) FROM review_comments"),
          new Figure("issue comments", "SELECT COUNT(*) FROM issue_comments"),
          new Figure("accounts", "SELECT COUNT(*) FROM accounts"),
          new Figure("chunks", "SELECT COUNT(*) FROM backfill_chunks"),
          new Figure("requests paid", "SELECT SUM(quota_spent) FROM backfill_chunks"),
          new Figure("in quarantine", "SELECT COUNT(*) FROM backfill_quarantine"));

  private HistoryReport() {}

  /**
   * Prints the report.
   *
   * @param database the database with the history tables
   * @param out the stream
   * @throws SQLException if the tables cannot be read
   */
  public static void print(DataSource database, PrintStream out) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (Figure figure : FIGURES) {
        try (ResultSet result = statement.executeQuery(figure.sql())) {
          result.next();
          out.printf("  %-18s %,12d%n", figure.label(), result.getLong(1));
        }
      }
    }
  }
}
