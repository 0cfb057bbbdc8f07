package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.Isolation;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL, from version 12 on: a chunk's rows of a table go in one statement, as arrays. */
final class PostgresDialect implements Dialect {

  private static final String DRIVER = "PostgreSQL JDBC Driver";

  private static final QuarantineWriter QUARANTINE =
      new ArrayQuarantine(
          "text",
          "INSERT INTO {backfill_quarantine} AS stored"
              + " (backfill_id, item_key, error, payload, attempts, first_seen_at, last_seen_at)"
              + " SELECT ?, incoming.*, 1, {now}, {now}"
              + " FROM unnest(?::text[], ?::text[], ?::text[]) AS incoming"
              + " ON CONFLICT (backfill_id, item_key) DO UPDATE SET error = excluded.error,"
              + " payload = excluded.payload, attempts = stored.attempts + 1,"
              + " last_seen_at = excluded.last_seen_at"
              + " RETURNING attempts");

  private final PostgresUpsert upsert = new PostgresUpsert();
  private final PostgresTransactions transactions = new PostgresTransactions();

  @Override
  public String scripts() {
    return "postgresql";
  }

  @Override
  public Map<String, String> expressions() {
    // now() would be the start of the transaction, which may have waited for a lock.
    return Map.of(
        "now", "clock_timestamp()",
        "now+millis", "(clock_timestamp() + ? * interval '1 millisecond')",
        "lease_bound", "(clock_timestamp() + (lease_millis + 300000) * interval '1 millisecond')",
        "long_ago", "(clock_timestamp() - interval '" + LONGEST_WAIT + " seconds')",
        "time", "?",
        "timestamp", "timestamp with time zone",
        // Local to the transaction, so that a pooler may change the connection after it.
        "patience", "set_config('idle_in_transaction_session_timeout', ?, TRUE)");
  }

  @Override
  public String installLock() {
    return "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))";
  }

  @Override
  public boolean mayBeSupabase() {
    return true;
  }

  @Override
  public @Nullable Charset narrowEncoding(Connection connection) throws SQLException {
    return PostgresEncoding.narrow(
        Statements.list(connection, "SHOW server_encoding", row -> row.getString(1)).get(0));
  }

  @Override
  public boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
    return transactions.isUnderWay(connection, autoCommit);
  }

  @Override
  public Isolation isolation() {
    return Isolation.OF_THE_TRANSACTION;
  }

  @Override
  public QuarantineWriter quarantine() {
    return QUARANTINE;
  }

  /** Only this driver is known to send several statements at once. */
  @Override
  public Optional<Pipelining> pipelining(String driver) {
    return driver.equals(DRIVER) ? Optional.of(upsert) : Optional.empty();
  }

  @Override
  public SinkCounts upsert(Connection connection, Tables tables, Upsert rows) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(tables.sql(upsert.upsert(rows.table())))) {
      upsert.bind(statement, 1, rows);
      int inserted = 0;
      int updated = 0;
      try (ResultSet written = statement.executeQuery()) {
        while (written.next()) {
          if (written.getBoolean(1)) {
            inserted++;
          } else {
            updated++;
          }
        }
      }
      return new SinkCounts(inserted, updated);
    }
  }
}
