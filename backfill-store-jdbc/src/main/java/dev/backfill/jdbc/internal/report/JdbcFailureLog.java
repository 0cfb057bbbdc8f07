package dev.backfill.jdbc.internal.report;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.report.FailureLog;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Failures and their reported issues in {@code backfill_failures}. */
public final class JdbcFailureLog implements FailureLog {

  private static final String AGAIN =
      "UPDATE {backfill_failures} SET source = ?, target = ?,"
          + " failure_count = CASE WHEN recovered_at IS NULL THEN failure_count + 1 ELSE 1 END,"
          + " first_at = CASE WHEN recovered_at IS NULL THEN first_at ELSE {time} END,"
          + " last_at = {time}, recovered_at = NULL WHERE fingerprint = ?";

  private static final String FIRST =
      "INSERT INTO {backfill_failures} (fingerprint, source, target, failure_count, first_at,"
          + " last_at) VALUES (?, ?, ?, 1, {time}, {time})";

  private static final String MEMBER_AGAIN =
      "UPDATE {backfill_failure_members} SET last_at = {time}, recovered_at = NULL"
          + " WHERE fingerprint = ? AND source = ? AND target = ?";

  private static final String MEMBER_FIRST =
      "INSERT INTO {backfill_failure_members} (fingerprint, source, target, last_at)"
          + " VALUES (?, ?, ?, {time})";

  private static final String MEMBER_RECOVERED =
      "UPDATE {backfill_failure_members} SET recovered_at = {time}"
          + " WHERE fingerprint = ? AND source = ? AND target = ? AND recovered_at IS NULL";

  private static final String AFFECTED =
      "SELECT source, target FROM {backfill_failure_members}"
          + " WHERE fingerprint = ? AND recovered_at IS NULL ORDER BY target, source";

  /** The failures of a backfill; an older node names the backfill in the failure alone. */
  private static final String ITS =
      "SELECT fingerprint FROM {backfill_failures} f WHERE (recovered_at IS NULL OR issue_open = ?)"
          + " AND (target = ? AND source = ? OR EXISTS (SELECT 1 FROM {backfill_failure_members} m"
          + " WHERE m.fingerprint = f.fingerprint AND m.target = ? AND m.source = ?))"
          + " ORDER BY fingerprint";

  /** Locks a failure against new records during the check that it is over. */
  private static final String LOCK =
      "UPDATE {backfill_failures} SET last_at = last_at WHERE fingerprint = ?";

  private static final String RECOVER =
      "UPDATE {backfill_failures} SET recovered_at = {time}"
          + " WHERE fingerprint = ? AND recovered_at IS NULL";

  private static final String CLAIM =
      "UPDATE {backfill_failures} SET claimed_by = ?, claimed_until = {now+millis}"
          + " WHERE fingerprint = ?"
          + " AND (claimed_by IS NULL OR claimed_by = ? OR claimed_until <= {now})";

  private static final String MARK_REPORTED =
      "UPDATE {backfill_failures} SET issue_number = ?, issue_url = ?, issue_open = ?,"
          + " told_count = ?, commented_at = {time} WHERE fingerprint = ? AND claimed_by = ?";

  private static final String RELEASE =
      "UPDATE {backfill_failures} SET claimed_by = NULL, claimed_until = NULL"
          + " WHERE fingerprint = ? AND claimed_by = ?";

  private final Transactions calls;
  private final Tables tables;

  /** Creates it. */
  public JdbcFailureLog(Transactions calls, Tables tables) {
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
    int member =
        Statements.update(
            connection, tables.sql(MEMBER_AGAIN), at, fingerprint, key.source(), key.target());
    if (member == 0) {
      Statements.update(
          connection, tables.sql(MEMBER_FIRST), fingerprint, key.source(), key.target(), at);
    }
    return find(connection, fingerprint).orElseThrow();
  }

  @Override
  public List<Entry> recovered(BackfillKey key, Instant at) {
    return calls.run(
        "the record of the recovery of " + key,
        connection -> {
          List<String> its =
              Statements.list(
                  connection,
                  tables.sql(ITS),
                  row -> row.getString("fingerprint"),
                  true,
                  key.target(),
                  key.source(),
                  key.target(),
                  key.source());
          List<Entry> over = new ArrayList<>();
          for (String fingerprint : its) {
            recovered(connection, fingerprint, key, at).ifPresent(over::add);
          }
          return List.copyOf(over);
        });
  }

  /** Returns the failure, unless it still affects another backfill. */
  private Optional<Entry> recovered(
      Connection connection, String fingerprint, BackfillKey key, Instant at) throws SQLException {
    Statements.update(connection, tables.sql(LOCK), fingerprint);
    Statements.update(
        connection, tables.sql(MEMBER_RECOVERED), at, fingerprint, key.source(), key.target());
    if (!affected(connection, fingerprint).isEmpty()) {
      return Optional.empty();
    }
    Statements.update(connection, tables.sql(RECOVER), at, fingerprint);
    return find(connection, fingerprint);
  }

  @Override
  public List<BackfillKey> affected(String fingerprint) {
    return calls.read(
        "the list of what a failure affects", connection -> affected(connection, fingerprint));
  }

  private List<BackfillKey> affected(Connection connection, String fingerprint)
      throws SQLException {
    return List.copyOf(
        Statements.list(
            connection,
            tables.sql(AFFECTED),
            row -> new BackfillKey(row.getString("source"), row.getString("target")),
            fingerprint));
  }

  @Override
  public Optional<Entry> find(String fingerprint) {
    return calls.read("the search for a failure", c -> find(c, fingerprint));
  }

  private Optional<Entry> find(Connection connection, String fingerprint) throws SQLException {
    return Statements.list(
            connection,
            tables.sql("SELECT * FROM {backfill_failures} WHERE fingerprint = ?"),
            JdbcFailureLog::entry,
            fingerprint)
        .stream()
        .findFirst();
  }

  @Override
  public boolean claim(String fingerprint, String claimId, Duration timeToLive) {
    return calls.run(
        "the claim of a failure",
        connection ->
            Statements.update(
                    connection,
                    tables.sql(CLAIM),
                    claimId,
                    timeToLive.toMillis(),
                    fingerprint,
                    claimId)
                == 1);
  }

  @Override
  public boolean markReported(String claimId, Entry reported) {
    long issue = requireNonNull(reported.issue(), "issue");
    return calls.run(
        "the record of a reported issue",
        connection ->
            Statements.update(
                    connection,
                    tables.sql(MARK_REPORTED),
                    issue,
                    reported.issueUrl(),
                    reported.issueOpen(),
                    reported.reportedCount(),
                    reported.commentedAt(),
                    reported.fingerprint(),
                    claimId)
                == 1);
  }

  @Override
  public void release(String fingerprint, String claimId) {
    calls.run(
        "the release of a failure",
        connection -> Statements.update(connection, tables.sql(RELEASE), fingerprint, claimId));
  }

  private static Entry entry(ResultSet row) throws SQLException {
    Entry entry =
        new Entry(
            row.getString("fingerprint"),
            new BackfillKey(row.getString("source"), row.getString("target")),
            row.getLong("failure_count"),
            requireNonNull(Statements.instant(row, "first_at")),
            requireNonNull(Statements.instant(row, "last_at")),
            Statements.instant(row, "recovered_at"));
    Long issue = Statements.number(row, "issue_number");
    return issue == null
        ? entry
        : entry.withReport(
            issue,
            row.getString("issue_url"),
            row.getBoolean("issue_open"),
            row.getLong("told_count"),
            requireNonNull(Statements.instant(row, "commented_at")));
  }
}
