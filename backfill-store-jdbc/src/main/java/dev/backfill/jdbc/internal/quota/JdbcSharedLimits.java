package dev.backfill.jdbc.internal.quota;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Limits in {@code backfill_limits}, by the database's clock. */
public final class JdbcSharedLimits implements SharedLimits {

  private static final String READ =
      "SELECT principal, resource, blocked_until, reason, refusals, points_per_minute,"
          + " serial_until, updated_at, {now} AS read_at FROM {backfill_limits}"
          + " WHERE principal IN (";

  /** The time by which a clock may seem to be behind, as a statement may have waited. */
  private static final Duration AHEAD = Duration.ofMinutes(1);

  /** A condition for a row that counts, as it was before the statement. */
  private static final String COUNTS = "updated_at > {long_ago} AND updated_at <= {now+millis}";

  private static final String AGAIN =
      "UPDATE {backfill_limits} SET"
          + (" refusals = CASE WHEN blocked_until > {now} AND refusals > ? AND " + COUNTS)
          + " THEN refusals ELSE ? END,"
          + (" blocked_until = CASE WHEN blocked_until > {now+millis} AND " + COUNTS)
          + " THEN blocked_until ELSE {now+millis} END,"
          + (" points_per_minute = CASE WHEN ? < 1 AND " + COUNTS)
          + " THEN points_per_minute WHEN ? < 1 THEN NULL ELSE ? END,"
          + (" serial_until = CASE WHEN serial_until > {now+millis} AND " + COUNTS)
          + " THEN serial_until ELSE {now+millis} END,"
          + " reason = ?, updated_at = {now} WHERE principal = ? AND resource = ?";

  private static final String FIRST =
      "INSERT INTO {backfill_limits} (principal, resource, blocked_until, reason, refusals,"
          + " points_per_minute, serial_until, updated_at)"
          + " VALUES (?, ?, {now+millis}, ?, ?, ?, {now+millis}, {now})";

  private static final String FORGET =
      "DELETE FROM {backfill_limits} WHERE updated_at <= {long_ago}";

  private static final String RECOVERED =
      "UPDATE {backfill_limits} SET refusals = 0"
          + " WHERE principal = ? AND resource = ? AND refusals > 0";

  private final Transactions calls;
  private final Tables tables;

  /** Creates it. */
  public JdbcSharedLimits(Transactions calls, Tables tables) {
    this.calls = calls;
    this.tables = tables;
  }

  private record Row(String principal, String resource, SharedLimit limit) {}

  @Override
  public Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
    if (principals.isEmpty()) {
      return Map.of();
    }
    String sql = READ + String.join(", ", Collections.nCopies(principals.size(), "?")) + ")";
    List<List<Row>> rows =
        calls.read(
            "the search for shared limits",
            connection ->
                Statements.list(
                    connection, tables.sql(sql), JdbcSharedLimits::row, principals.toArray()));
    Map<String, Map<String, SharedLimit>> found = new HashMap<>();
    for (List<Row> each : rows) {
      for (Row row : each) {
        found
            .computeIfAbsent(row.principal(), key -> new HashMap<>())
            .put(row.resource(), row.limit());
      }
    }
    return found;
  }

  /** Returns the row, unless it does not count. */
  private static List<Row> row(ResultSet row) throws SQLException {
    Instant now = requireNonNull(Statements.instant(row, "read_at"));
    Instant storedAt = requireNonNull(Statements.instant(row, "updated_at"));
    Duration age = Duration.between(storedAt, now);
    if (age.plus(AHEAD).isNegative() || age.compareTo(MAX) >= 0) {
      return List.of();
    }
    Long points = Statements.number(row, "points_per_minute");
    SharedLimit limit =
        new SharedLimit(
            remaining(row, "blocked_until", now),
            requireNonNull(row.getString("reason")),
            row.getInt("refusals"),
            points == null ? null : points.intValue(),
            remaining(row, "serial_until", now),
            age.isNegative() ? Duration.ZERO : age);
    return List.of(
        new Row(
            requireNonNull(row.getString("principal")),
            requireNonNull(row.getString("resource")),
            limit));
  }

  private static Duration remaining(ResultSet row, String column, Instant now) throws SQLException {
    Duration remaining = Duration.between(now, requireNonNull(Statements.instant(row, column)));
    if (remaining.isNegative()) {
      return Duration.ZERO;
    }
    return bounded(remaining);
  }

  private static Duration bounded(Duration length) {
    return length.compareTo(MAX) > 0 ? MAX : length;
  }

  @Override
  public void limited(String principal, String resource, SharedLimit limit) {
    String action = "the record of a limit";
    try {
      calls.run(action, connection -> limited(connection, principal, resource, limit));
    } catch (BackfillException e) {
      if (!SqlFailures.isDuplicateKey(e.getCause())) {
        throw e;
      }
      // Another process was the first meanwhile.
      calls.run(action, connection -> limited(connection, principal, resource, limit));
    }
  }

  private int limited(Connection connection, String principal, String resource, SharedLimit limit)
      throws SQLException {
    long wait = bounded(limit.blocked()).toMillis();
    long oneByOne = bounded(limit.oneByOne()).toMillis();
    int refusals = limit.refusals();
    Integer pointsPerMinute = limit.pointsPerMinute();
    int points = pointsPerMinute == null ? 0 : pointsPerMinute;
    int known =
        Statements.update(
            connection,
            tables.sql(AGAIN),
            refusals,
            AHEAD.toMillis(),
            refusals,
            wait,
            AHEAD.toMillis(),
            wait,
            points,
            AHEAD.toMillis(),
            points,
            points,
            oneByOne,
            AHEAD.toMillis(),
            oneByOne,
            limit.reason(),
            principal,
            resource);
    if (known > 0) {
      return known;
    }
    // New rows come from new principals, such as tokens of one hour; old rows are deleted with
    // them.
    Statements.update(connection, tables.sql(FORGET));
    return Statements.update(
        connection,
        tables.sql(FIRST),
        principal,
        resource,
        wait,
        limit.reason(),
        refusals,
        pointsPerMinute,
        oneByOne);
  }

  @Override
  public void recovered(String principal, String resource) {
    calls.run(
        "the end of a limit",
        connection -> Statements.update(connection, tables.sql(RECOVERED), principal, resource));
  }
}
