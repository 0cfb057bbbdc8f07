package dev.backfill.jdbc.internal.jobs;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.store.BackfillId;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Writes and reads {@code backfill_job_events}; rows are never changed. */
final class JobEventTable {

  private static final String INSERT =
      "INSERT INTO {backfill_job_events} (backfill_id, kind, destination, reason, occurred_at)"
          + " VALUES (?, ?, ?, ?, {time})";

  private static final String SELECT =
      "SELECT * FROM {backfill_job_events} WHERE backfill_id = ? AND id > ? ORDER BY id LIMIT ?";

  private static final String LATEST =
      "SELECT * FROM {backfill_job_events} WHERE destination = ? AND kind IN (%s)"
          + " ORDER BY id DESC LIMIT ?";

  private final Tables tables;

  JobEventTable(Tables tables) {
    this.tables = tables;
  }

  void add(Connection connection, BackfillId id, List<JobEvent.Note> notes) throws SQLException {
    for (JobEvent.Note note : notes) {
      Destination destination = note.destination();
      Statements.update(
          connection,
          tables.sql(INSERT),
          id.value(),
          note.kind().name().toLowerCase(Locale.ROOT),
          destination == null ? null : destination.name(),
          note.reason(),
          note.at());
    }
  }

  List<JobEvent> list(Connection connection, BackfillId id, long after, int limit)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT), JobEventTable::event, id.value(), after, limit));
  }

  List<JobEvent> latest(
      Connection connection, Destination destination, Set<JobEvent.Kind> kinds, int limit)
      throws SQLException {
    List<Object> values = new ArrayList<>();
    values.add(destination.name());
    kinds.forEach(kind -> values.add(kind.name().toLowerCase(Locale.ROOT)));
    values.add(limit);
    String parameters = String.join(", ", Collections.nCopies(kinds.size(), "?"));
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql(LATEST.formatted(parameters)),
            JobEventTable::event,
            values.toArray()));
  }

  private static JobEvent event(ResultSet row) throws SQLException {
    String destination = row.getString("destination");
    return new JobEvent(
        row.getLong("id"),
        new BackfillId(row.getLong("backfill_id")),
        new JobEvent.Note(
            JobEvent.Kind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
            destination == null ? null : new Destination(destination),
            row.getString("reason"),
            requireNonNull(Statements.instant(row, "occurred_at"))));
  }
}
