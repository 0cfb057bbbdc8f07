package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * SQLite, from version 3.39 on. It has one writer at a time, and no row locks. The first statement
 * of a transaction that writes takes the database's write lock, and waits for it up to the
 * connection's {@code busy_timeout}.
 *
 * <p>Timestamps are texts of one length, in UTC with six digits after the point, so that they sort
 * like the moments.
 */
final class SqliteDialect implements Dialect {

  private static final QuarantineWriter QUARANTINE = new SqliteQuarantine();

  /**
   * The format of the database's own times, which have milliseconds: the last three digits are
   * zeros.
   */
  private static final String FORMAT = "strftime('%Y-%m-%dT%H:%M:%f000Z', ";

  static final String NOW = FORMAT + "'now')";

  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  @Override
  public String name() {
    return "sqlite";
  }

  @Override
  public Map<String, String> expressions() {
    return Map.of(
        "now",
        NOW,
        "now+millis",
        FORMAT + "'now', (? / 1000.0) || ' seconds')",
        "lease_bound",
        FORMAT + "'now', ((lease_millis + 300000) / 1000.0) || ' seconds')",
        "long_ago",
        FORMAT + "'now', '-" + MAX_WAIT + " seconds')",
        "time",
        FORMAT + "?)",
        "patience",
        "CAST(? AS TEXT)");
  }

  @Override
  public Map<String, String> types() {
    return Map.of(
        "text", "text",
        "timestamp", "text",
        "uuid", "text",
        "long", "integer",
        "identity", "integer PRIMARY KEY AUTOINCREMENT",
        "add_column", "ADD COLUMN");
  }

  @Override
  public @Nullable String installLock() {
    return null;
  }

  @Override
  public boolean hasSchemas() {
    return false;
  }

  @Override
  public String findTable() {
    return "SELECT 1 FROM sqlite_master WHERE type = 'table' AND LOWER(name) = ?";
  }

  /**
   * Returns a write that changes nothing. SQLite would refuse, without any wait, a transaction that
   * began with a read and writes after another transaction has written.
   */
  @Override
  public String lock(String columns, String table, String condition) {
    return "UPDATE " + table + " SET id = id WHERE " + condition + " RETURNING " + columns;
  }

  /** Returns the same as a lock: there are no row locks, so concurrent callers take turns. */
  @Override
  public String lockNext(String columns, String table, String condition, String order) {
    return lock(
        columns,
        table,
        "id = (SELECT id FROM %s WHERE %s ORDER BY %s LIMIT 1)".formatted(table, condition, order));
  }

  @Override
  public QuarantineWriter quarantine() {
    return QUARANTINE;
  }

  /** Writes two batches, so that both can be counted; no other transaction writes between them. */
  @Override
  public SinkCounts upsert(Connection connection, Tables tables, Upsert upsert)
      throws SQLException {
    UpsertTable table = upsert.table();
    List<@Nullable Object[]> rows = upsert.rows();
    List<@Nullable Object[]> stored = rows.stream().map(SqliteDialect::stored).toList();
    String insert = insertSql(tables.name(table.name()), table);
    int[] inserted = Batches.run(connection, insert + " DO NOTHING", stored);
    int[] updated =
        Batches.run(connection, insert + updateSql(table), Batches.existing(stored, inserted));
    return new SinkCounts(IntStream.of(inserted).sum(), IntStream.of(updated).sum());
  }

  private static String insertSql(String name, UpsertTable table) {
    return "INSERT INTO %s AS stored (%s) VALUES (%s) ON CONFLICT (%s)"
        .formatted(
            name,
            String.join(", ", table.names()),
            String.join(", ", table.names().stream().map(column -> "?").toList()),
            NewerWins.eachKey(table, ", ", key -> key));
  }

  private static String updateSql(UpsertTable table) {
    return " DO UPDATE SET "
        + NewerWins.eachValue(
            table,
            ", ",
            column -> column + " = " + NewerWins.merged(table, column, "stored", "excluded"))
        + " WHERE "
        + NewerWins.replaces(table, "stored", "excluded");
  }

  private static @Nullable Object[] stored(@Nullable Object[] row) {
    return Arrays.stream(row)
        .map(value -> value instanceof Instant moment ? MOMENT.format(moment) : value)
        .toArray();
  }
}
