package dev.backfill.jdbc.internal.report;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.report.FailureLedger;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Failures and what was told of them in {@code backfill_failures}. */
public final class JdbcFailureLedger implements FailureLedger {

  private static final String AGAIN =
      "UPDATE {backfill_failures} SET source = ?, target = ?,"
          + " failure_count = CASE WHEN recovered_at IS NULL THEN failure_count + 1 ELSE 1 END,"
          + " first_at = CASE WHEN recovered_at IS NULL THEN first_at ELSE {time} END,"
          + " last_at = {time}, recovered_at = NULL WHERE fingerprint = ?";

  private static final String FIRST =
      "INSERT INTO {backfill_failures} (fingerprint, source, target, failure_count, first_at,"
          + " last_at) VALUES (?, ?, ?, 1, {time}, {time})";

  private static final String LASTING =
      "SELECT * FROM {backfill_failures} WHERE target = ? AND source = ?"
          + " AND (recovered_at IS NULL OR issue_open = ?) ORDER BY fingerprint";

  private static final String RECOVER =
      "UPDATE {backfill_failures} SET recovered_at = {time}"
          + " WHERE fingerprint = ? AND recovered_at IS NULL";

  private static final String CLAIM =
      "UPDATE {backfill_failures} SET claimed_by = ?, claimed_until = {now+millis}"
          + " WHERE fingerprint = ?"
          + " AND (claimed_by IS NULL OR claimed_by = ? OR claimed_until <= {now})";

  private static final String TOLD =
      "UPDATE {backfill_failures} SET issue_number = ?, issue_url = ?, issue_open = ?,"
          + " told_count = ?, commented_at = {time} WHERE fingerprint = ? AND claimed_by = ?";

  private static final String RELEASE =
      "UPDATE {backfill_failures} SET claimed_by = NULL, claimed_until = NULL"
          + " WHERE fingerprint = ? AND claimed_by = ?";

  private final Transactions calls;
  private final Tables tables;

  /** Creates it. */
  public JdbcFailureLedger(Transactions calls, Tables tables) {
    this.calls = calls;
    this.tables = tables;
  }

  @Override
  public Entry failed(String fingerprint, BackfillKey key, Instant at) {
    String action = "the record of a failure of " + key;
    try {
      return calls.run(action, c -> failed(c, fingerprint, key, at));
    } catch (BackfillException e) {
      if (!SqlFailures.isDuplicateKey(e.getCause())) {
        throw e;
      }
      // Another process was the first meanwhile.
      return calls.run(action, c -> failed(c, fingerprint, key, at));
    }
  }

  private Entry failed(Connection connection, String fingerprint, BackfillKey key, Instant at)
      throws SQLException {
    int known =
        Statements.update(
            connection, tables.sql(AGAIN), key.source(), key.target(), at, at, fingerprint);
    if (known == 0) {
      Statements.update(
          connection, tables.sql(FIRST), fingerprint, key.source(), key.target(), at, at);
    }
    return find(connection, fingerprint).orElseThrow();
  }

  @Override
  public List<Entry> recovered(BackfillKey key, Instant at) {
    return calls.run(
        "the record of the recovery of " + key,
        connection -> {
          List<Entry> lasting =
              Statements.list(
                  connection,
                  tables.sql(LASTING),
                  JdbcFailureLedger::entry,
                  key.target(),
                  key.source(),
                  true);
          for (Entry entry : lasting) {
            Statements.update(connection, tables.sql(RECOVER), at, entry.fingerprint());
          }
          return lasting.stream().map(entry -> over(entry, at)).toList();
        });
  }

  private static Entry over(Entry entry, Instant at) {
    return new Entry(
        entry.fingerprint(),
        entry.key(),
        entry.count(),
        entry.firstAt(),
        entry.lastAt(),
        entry.recoveredAt() == null ? at : entry.recoveredAt(),
        entry.told());
  }

  @Override
  public Optional<Entry> find(String fingerprint) {
    return calls.read("the search for a failure", c -> find(c, fingerprint));
  }

  private Optional<Entry> find(Connection connection, String fingerprint) throws SQLException {
    return Statements.list(
            connection,
            tables.sql("SELECT * FROM {backfill_failures} WHERE fingerprint = ?"),
            JdbcFailureLedger::entry,
            fingerprint)
        .stream()
        .findFirst();
  }

  @Override
  public boolean claim(String fingerprint, String claimant, Duration timeToLive) {
    return calls.run(
        "the claim of a failure",
        connection ->
            Statements.update(
                    connection,
                    tables.sql(CLAIM),
                    claimant,
                    timeToLive.toMillis(),
                    fingerprint,
                    claimant)
                == 1);
  }

  @Override
  public boolean told(String fingerprint, String claimant, Told told) {
    return calls.run(
        "the record of what was told of a failure",
        connection ->
            Statements.update(
                    connection,
                    tables.sql(TOLD),
                    told.issue(),
                    told.url(),
                    told.open(),
                    told.count(),
                    told.commentedAt(),
                    fingerprint,
                    claimant)
                == 1);
  }

  @Override
  public void release(String fingerprint, String claimant) {
    calls.run(
        "the release of a failure",
        connection -> Statements.update(connection, tables.sql(RELEASE), fingerprint, claimant));
  }

  private static Entry entry(ResultSet row) throws SQLException {
    return new Entry(
        row.getString("fingerprint"),
        new BackfillKey(row.getString("source"), row.getString("target")),
        row.getLong("failure_count"),
        requireNonNull(Statements.instant(row, "first_at")),
        requireNonNull(Statements.instant(row, "last_at")),
        Statements.instant(row, "recovered_at"),
        told(row));
  }

  private static @Nullable Told told(ResultSet row) throws SQLException {
    Long issue = Statements.number(row, "issue_number");
    return issue == null
        ? null
        : new Told(
            issue,
            row.getString("issue_url"),
            row.getBoolean("issue_open"),
            row.getLong("told_count"),
            requireNonNull(Statements.instant(row, "commented_at")));
  }
}
