package dev.backfill.jdbc.internal.jobs;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.store.BackfillId;
import dev.backfill.jdbc.internal.sql.Ages;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The table {@code backfill_job_events}, whose rows never change. */
final class JobEventTable {

  private static final String INSERT =
      "INSERT INTO {backfill_job_events} (backfill_id, kind, destination, reason, occurred_at)"
          + " VALUES (?, ?, ?, ?, {time})";

  private static final String SELECT =
      "SELECT * FROM {backfill_job_events} WHERE backfill_id = ? AND id > ? ORDER BY id LIMIT ?";

  private static final String LATEST_OF_JOB =
      "SELECT * FROM {backfill_job_events} WHERE backfill_id = ? ORDER BY id DESC LIMIT ?";

  /** A query for one kind, so that an index returns the rows in order. */
  private static final String LATEST_OF_KIND =
      "SELECT * FROM (SELECT * FROM {backfill_job_events} WHERE destination = ? AND kind = ?"
          + " ORDER BY id DESC LIMIT ?) k";

  private static final String COUNT_OLD =
      "SELECT COUNT(*) FROM {backfill_job_events} WHERE occurred_at <= {time}";

  private static final String PRUNE =
      "DELETE FROM {backfill_job_events} WHERE id IN (SELECT id FROM {backfill_job_events}"
          + " WHERE occurred_at <= {time} ORDER BY occurred_at LIMIT ?)";

  private final Tables tables;

  JobEventTable(Tables tables) {
    this.tables = tables;
  }

  void add(Connection connection, List<JobEvent> events) throws SQLException {
    for (JobEvent event : events) {
      Destination destination = event.destination();
      Statements.update(
          connection,
          tables.sql(INSERT),
          event.backfill().value(),
          event.kind().name().toLowerCase(Locale.ROOT),
          destination == null ? null : destination.name(),
          event.reason(),
          event.at());
    }
  }

  List<JobEvent> list(Connection connection, BackfillId id, long after, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT), JobEventTable::event, id.value(), after, limit));
  }

  List<JobEvent> latest(Connection connection, BackfillId id, int limit) throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(LATEST_OF_JOB), JobEventTable::event, id.value(), limit));
  }

  List<JobEvent> latest(
      Connection connection, Destination destination, Set<JobEvent.Kind> kinds, int limit)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    for (JobEvent.Kind kind : kinds) {
      values.add(destination.name());
      values.add(kind.name().toLowerCase(Locale.ROOT));
      values.add(limit);
    }
    values.add(limit);
    String each = String.join(" UNION ALL ", Collections.nCopies(kinds.size(), LATEST_OF_KIND));
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql("SELECT * FROM (" + each + ") latest ORDER BY id DESC LIMIT ?"),
            JobEventTable::event,
            values.toArray()));
  }

  int prune(Connection connection, Duration olderThan, int limit) throws SQLException {
    return Statements.update(
        connection, tables.sql(PRUNE), Ages.ago(connection, tables, olderThan), limit);
  }

  long prunable(Connection connection, Duration olderThan) throws SQLException {
    return Statements.list(
            connection,
            tables.sql(COUNT_OLD),
            row -> row.getLong(1),
            Ages.ago(connection, tables, olderThan))
        .get(0);
  }

  private static JobEvent event(ResultSet row) throws SQLException {
    String destination = row.getString("destination");
    return new JobEvent(
        row.getLong("id"),
        new BackfillId(row.getLong("backfill_id")),
        JobEvent.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        destination == null ? null : new Destination(destination),
        row.getString("reason"),
        requireNonNull(Statements.instant(row, "occurred_at")));
  }
}
