package dev.backfill.jdbc.internal.jobs;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.job.Suspension;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The table {@code backfill_suspensions}. */
final class SuspensionTable {

  private static final String UPDATE =
      "UPDATE {backfill_suspensions} SET reason = ?, actor = ?, since_at = {time},"
          + " until_at = {time}, times = ? WHERE subject = ?";

  private static final String INSERT =
      "INSERT INTO {backfill_suspensions} (subject, reason, actor, since_at, until_at, times)"
          + " VALUES (?, ?, ?, {time}, {time}, ?)";

  private static final String UNCHANGED = " AND actor = ? AND since_at = {time} AND times = ?";

  private final Tables tables;

  SuspensionTable(Tables tables) {
    this.tables = tables;
  }

  /** Returns true if there was a suspension to replace. */
  boolean replace(Connection connection, Suspension suspension) throws SQLException {
    return Statements.update(
            connection,
            tables.sql(UPDATE),
            suspension.reason(),
            suspension.actor(),
            suspension.since(),
            suspension.until(),
            suspension.times(),
            suspension.subject())
        == 1;
  }

  void insert(Connection connection, Suspension suspension) throws SQLException {
    Statements.update(
        connection,
        tables.sql(INSERT),
        suspension.subject(),
        suspension.reason(),
        suspension.actor(),
        suspension.since(),
        suspension.until(),
        suspension.times());
  }

  /** Replaces a suspension if it is unchanged since it was read; returns true if it was. */
  boolean replace(Connection connection, Suspension before, Suspension next) throws SQLException {
    return Statements.update(
            connection,
            tables.sql(UPDATE + UNCHANGED),
            next.reason(),
            next.actor(),
            next.since(),
            next.until(),
            next.times(),
            next.subject(),
            before.actor(),
            before.since(),
            before.times())
        == 1;
  }

  /** Deletes a suspension if it is unchanged since it was read; returns true if it was. */
  boolean delete(Connection connection, Suspension before) throws SQLException {
    return Statements.update(
            connection,
            tables.sql("DELETE FROM {backfill_suspensions} WHERE subject = ?" + UNCHANGED),
            before.subject(),
            before.actor(),
            before.since(),
            before.times())
        == 1;
  }

  boolean delete(Connection connection, String subject) throws SQLException {
    return Statements.update(
            connection, tables.sql("DELETE FROM {backfill_suspensions} WHERE subject = ?"), subject)
        == 1;
  }

  List<Suspension> list(Connection connection) throws SQLException {
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql("SELECT * FROM {backfill_suspensions} ORDER BY subject"),
            SuspensionTable::suspension));
  }

  private static Suspension suspension(ResultSet row) throws SQLException {
    return new Suspension(
        row.getString("subject"),
        row.getString("reason"),
        row.getString("actor"),
        requireNonNull(Statements.instant(row, "since_at")),
        Statements.instant(row, "until_at"),
        row.getInt("times"));
  }
}
