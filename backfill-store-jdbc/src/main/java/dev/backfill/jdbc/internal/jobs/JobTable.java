package dev.backfill.jdbc.internal.jobs;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.JobState;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The table {@code backfill_jobs}. */
final class JobTable {

  private static final String SELECT =
      "SELECT j.*, p.source, p.target FROM {backfill_jobs} j"
          + " JOIN {backfill_progress} p ON p.id = j.backfill_id ";

  private static final String INSERT =
      "INSERT INTO {backfill_jobs} (backfill_id, state, priority, trigger_reason, queued_at,"
          + " due_at, turn_order_at, attempts, slices, version) VALUES (?, ?, ?, ?, {time}, {time},"
          + " {time}, ?, ?, 1)";

  private static final String UPDATE =
      "UPDATE {backfill_jobs} SET state = ?, priority = ?, trigger_reason = ?, queued_at = {time},"
          + " due_at = {time}, turn_order_at = {time}, attempts = ?, slices = ?, destination = ?,"
          + " route_reason = ?, fallback = ?, correlation_id = ?, dispatched_at = {time}, run_name"
          + " = ?, run_url = ?, claimed_at = {time}, unanswered_id = ?, version = version + 1 WHERE"
          + " backfill_id = ? AND version = ?";

  private static final String STEERED = "('pausing', 'paused', 'cancelling', 'cancelled')";

  private static final String WAITING =
      "p.status = 'waiting' AND p.wait_until IS NOT NULL AND p.updated_at > {long_ago}";

  /** The jobs of some sources that are neither dispatched nor paused or cancelled by a user. */
  private static final String OPEN =
      "j.state <> 'dispatched' AND p.status NOT IN " + STEERED + " AND p.source IN (%s)";

  private static final String DUE =
      SELECT
          + "WHERE "
          + OPEN
          + " AND j.due_at <= {time} AND NOT ("
          + WAITING
          + " AND p.wait_until > {now}) AND (p.lease_expires_at IS NULL OR p.lease_expires_at <="
          + " {now} OR p.lease_expires_at > {lease_bound}) ORDER BY j.turn_order_at, j.backfill_id"
          + " LIMIT ?";

  private static final String WAITS_LONGER = WAITING + " AND p.wait_until > j.due_at";

  private static final String OPEN_JOBS =
      " FROM {backfill_jobs} j JOIN {backfill_progress} p ON p.id = j.backfill_id"
          + " WHERE j.due_at IS NOT NULL AND "
          + OPEN;

  /**
   * The earliest moment of jobs that do not wait beyond their due time, and of the others, by two
   * indexes.
   */
  private static final String NEXT_DUE =
      "SELECT MIN(at) AS next_due_at FROM (SELECT at FROM (SELECT j.due_at AS at"
          + OPEN_JOBS
          + " AND NOT ("
          + WAITS_LONGER
          + ") ORDER BY j.due_at LIMIT 1) d UNION ALL SELECT at FROM (SELECT p.wait_until AS at"
          + OPEN_JOBS
          + " AND "
          + WAITS_LONGER
          + " ORDER BY p.wait_until LIMIT 1) w) n";

  private final Tables tables;

  JobTable(Tables tables) {
    this.tables = tables;
  }

  void insert(Connection connection, Job job) throws SQLException {
    Statements.update(
        connection,
        tables.sql(INSERT),
        job.id().value(),
        stored(job.state()),
        stored(job.priority()),
        job.reason(),
        job.queuedAt(),
        job.dueAt(),
        job.order(),
        job.attempts(),
        job.slices());
  }

  /** Returns true if the stored version was the given one. */
  boolean update(Connection connection, Job job) throws SQLException {
    Placement placement = job.placement();
    Dispatch dispatch = job.dispatch();
    return Statements.update(
            connection,
            tables.sql(UPDATE),
            stored(job.state()),
            stored(job.priority()),
            job.reason(),
            job.queuedAt(),
            job.dueAt(),
            job.order(),
            job.attempts(),
            job.slices(),
            placement == null ? null : placement.destination().name(),
            placement == null ? null : placement.reason(),
            placement == null ? null : placement.fallback(),
            dispatch == null ? null : dispatch.correlationId(),
            dispatch == null ? null : dispatch.at(),
            dispatch == null ? null : dispatch.run(),
            dispatch == null ? null : dispatch.url(),
            dispatch == null ? null : dispatch.claimedAt(),
            dispatch == null || dispatch.answered() ? null : dispatch.correlationId(),
            job.id().value(),
            job.version())
        == 1;
  }

  boolean delete(Connection connection, BackfillId id) throws SQLException {
    return Statements.update(
            connection, tables.sql("DELETE FROM {backfill_jobs} WHERE backfill_id = ?"), id.value())
        == 1;
  }

  Optional<Job> find(Connection connection, BackfillId id) throws SQLException {
    return list(connection, "WHERE j.backfill_id = ?", id.value()).stream().findFirst();
  }

  Optional<Job> find(Connection connection, BackfillKey key) throws SQLException {
    return list(connection, "WHERE p.source = ? AND p.target = ?", key.source(), key.target())
        .stream()
        .findFirst();
  }

  List<Job> list(Connection connection) throws SQLException {
    // Sorted here: the database takes ten times as long to sort by its collation as to read.
    return list(connection, "").stream()
        .sorted(
            Comparator.comparing((Job job) -> job.key().target())
                .thenComparing(job -> job.key().source()))
        .toList();
  }

  List<Job> withDispatch(Connection connection) throws SQLException {
    return list(connection, "WHERE j.state = 'dispatched' ORDER BY j.dispatched_at, j.backfill_id");
  }

  private List<Job> list(Connection connection, String rest, @Nullable Object... values)
      throws SQLException {
    return List.copyOf(
        Statements.list(connection, tables.sql(SELECT + rest), JobTable::job, values));
  }

  List<Job> due(Connection connection, Instant now, Collection<String> sources, int limit)
      throws SQLException {
    List<Object> values = new ArrayList<>(sources);
    values.add(now);
    values.add(limit);
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql(DUE.formatted(parameters(sources))),
            JobTable::job,
            values.toArray()));
  }

  List<Job> dueAfter(Connection connection, Instant moment, int limit) throws SQLException {
    return list(connection, "WHERE j.due_at > {time} ORDER BY j.due_at LIMIT ?", moment, limit);
  }

  Optional<Instant> nextDue(Connection connection, Collection<String> sources) throws SQLException {
    List<Optional<Instant>> found =
        Statements.list(
            connection,
            tables.sql(NEXT_DUE.formatted(parameters(sources), parameters(sources))),
            row -> Optional.ofNullable(Statements.instant(row, "next_due_at")),
            Stream.concat(sources.stream(), sources.stream()).toArray());
    return found.get(0);
  }

  private static String parameters(Collection<?> values) {
    return String.join(", ", Collections.nCopies(values.size(), "?"));
  }

  private static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static Job job(ResultSet row) throws SQLException {
    return new Job(
        new BackfillId(row.getLong("backfill_id")),
        new BackfillKey(row.getString("source"), row.getString("target")),
        JobState.valueOf(row.getString("state").toUpperCase(Locale.ROOT)),
        Priority.valueOf(row.getString("priority").toUpperCase(Locale.ROOT)),
        row.getString("trigger_reason"),
        requireNonNull(Statements.instant(row, "queued_at")),
        Statements.instant(row, "due_at"),
        requireNonNull(Statements.instant(row, "turn_order_at")),
        row.getInt("attempts"),
        row.getLong("slices"),
        placement(row),
        dispatch(row),
        row.getLong("version"));
  }

  private static @Nullable Placement placement(ResultSet row) throws SQLException {
    String destination = row.getString("destination");
    return destination == null
        ? null
        : new Placement(
            new Destination(destination),
            row.getString("route_reason"),
            row.getBoolean("fallback"));
  }

  private static @Nullable Dispatch dispatch(ResultSet row) throws SQLException {
    String correlationId = row.getString("correlation_id");
    return correlationId == null
        ? null
        : new Dispatch(
            correlationId,
            requireNonNull(Statements.instant(row, "dispatched_at")),
            row.getString("run_name"),
            row.getString("run_url"),
            Statements.instant(row, "claimed_at"),
            // An older node may have sent the job again, and left the id of an earlier request.
            !correlationId.equals(row.getString("unanswered_id")));
  }
}
