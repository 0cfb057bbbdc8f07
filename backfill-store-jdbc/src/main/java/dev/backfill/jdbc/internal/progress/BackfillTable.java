package dev.backfill.jdbc.internal.progress;

import static java.util.Objects.requireNonNull;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Lease;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.StoredText;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The table {@code backfill_progress}. */
final class BackfillTable {

  private static final String EXACT = "exact";
  private static final String UNKNOWN = "unknown";

  private static final String COLUMNS =
      "*, CASE WHEN lease_expires_at > {now} AND (lease_millis IS NULL"
          + " OR lease_expires_at <= {lease_bound}) THEN FALSE ELSE TRUE END AS lease_expired";

  private static final String SELECT = "SELECT " + COLUMNS + " FROM {backfill_progress} ";

  /**
   * A condition that is always true; with it the server ends a transaction that its client leaves
   * idle.
   */
  private static final String PATIENT = " AND {patience} IS NOT NULL";

  /** A condition for a backfill without an unexpired lease that a worker could claim. */
  private static final String DUE =
      "source IN (%s) AND (lease_expires_at IS NULL OR lease_expires_at <= {now}"
          + " OR lease_expires_at > {lease_bound})"
          + " AND (status IN ('pending', 'running')"
          + " OR status = 'waiting' AND (wait_until <= {now} OR updated_at <= {long_ago}))"
          + PATIENT;

  private static final String INSERT =
      "INSERT INTO {backfill_progress} (source, target, status, phase, total_kind,"
          + " processed_items, quarantined_items, chunk_size, next_chunk_number, fence,"
          + " consecutive_failures, trigger_reason, created_at, updated_at)"
          + " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 1, 0, 0, ?, {now}, {now})";

  private static final String HELD =
      " WHERE id = ? AND fence = ? AND lease_owner = ? AND {patience} IS NOT NULL";

  /**
   * The changes of every commit to the backfill's row; parameters: the lease's milliseconds, the
   * id.
   */
  static final String COMMITTED =
      " consecutive_failures = 0, last_error = NULL, lease_expires_at = {now+millis},"
          + " updated_at = {now} WHERE id = ?";

  /** The values of a history at its start; parameters: the kind of its total, its phase. */
  static final String AT_THE_START =
      "resume_cursor = NULL, verify_cursor = NULL, processed_items = 0, quarantined_items = 0,"
          + " total_items = NULL, total_kind = ?, phase = ?, completed_at = NULL, note = NULL,"
          + " updated_at = {now}";

  private static final Duration MIN_TIMEOUT = Duration.ofSeconds(5);

  private final Dialect dialect;
  private final Tables tables;
  private final String lock;

  BackfillTable(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
    this.lock = tables.sql(dialect.lock(COLUMNS, "{backfill_progress}", "id = ?" + PATIENT));
  }

  /**
   * A backfill whose row is locked until the end of the transaction.
   *
   * @param backfill the backfill
   * @param fence its newest fence
   */
  record Locked(Backfill backfill, long fence) {

    /** Returns true if another owner holds an unexpired lease. */
    boolean isLeasedByOtherThan(@Nullable String owner) {
      return backfill.isHeld()
          && (owner == null || !StoredText.of(owner).equals(backfill.holder()));
    }

    /** Returns true if this is the newest fence and the lease was not released. */
    boolean isHeldBy(Lease lease) {
      String owner = StoredText.of(lease.owner());
      return fence == lease.fence() && owner.equals(backfill.holder());
    }
  }

  /**
   * Locks a backfill's row until the end of the transaction.
   *
   * @param timeout max idle time of the transaction; a process that froze in it must not lock the
   *     row for longer than its lease
   */
  Locked lock(Connection connection, BackfillId id, Duration timeout) throws SQLException {
    return Statements.list(
            connection,
            lock,
            row -> new Locked(backfill(row), row.getLong("fence")),
            id.value(),
            millis(timeout))
        .stream()
        .findFirst()
        .orElseThrow(() -> unknown(id));
  }

  /** Returns the due backfill that has waited longest, unless another transaction has locked it. */
  Optional<Locked> lockNext(Connection connection, Collection<String> sources, Duration timeout)
      throws SQLException {
    List<Object> values = new ArrayList<>(sources);
    values.add(millis(timeout));
    String parameters = String.join(", ", Collections.nCopies(sources.size(), "?"));
    return Statements.list(
            connection,
            tables.sql(
                dialect.lockNext(
                    COLUMNS, "{backfill_progress}", DUE.formatted(parameters), "updated_at, id")),
            row -> new Locked(backfill(row), row.getLong("fence")),
            values.toArray())
        .stream()
        .findFirst();
  }

  /** Limits the idle time of a transaction that locks no backfill. */
  void limitIdling(Connection connection, Duration timeout) throws SQLException {
    Statements.list(
        connection, tables.sql("SELECT {patience}"), row -> row.getString(1), millis(timeout));
  }

  /**
   * Returns the parameter of {@code {patience}}: a lease, with a min value, so that a healthy
   * worker on a busy machine does not count as frozen.
   */
  static String millis(Duration timeout) {
    long millis = Math.max(MIN_TIMEOUT.toMillis(), timeout.toMillis());
    return Long.toString(Math.min(millis, Integer.MAX_VALUE));
  }

  /** Inserts a backfill that has not begun. */
  void insert(Connection connection, BackfillKey key, String triggerReason) throws SQLException {
    Statements.update(
        connection,
        tables.sql(INSERT),
        key.source(),
        key.target(),
        stored(BackfillStatus.PENDING),
        stored(Phase.HISTORY),
        kind(Total.UNKNOWN),
        triggerReason);
  }

  /**
   * Changes a backfill under its newest lease.
   *
   * @param assignments the assignments, a constant
   * @param values its parameters
   * @throws LeaseLostException if the lease is not the newest, or was released
   */
  void updateHeld(
      Connection connection, Lease lease, String assignments, @Nullable Object... values)
      throws SQLException {
    List<@Nullable Object> parameters = new ArrayList<>();
    Collections.addAll(parameters, values);
    parameters.add(lease.backfill().value());
    parameters.add(lease.fence());
    parameters.add(lease.owner());
    parameters.add(millis(lease.timeToLive()));
    String update = tables.sql("UPDATE {backfill_progress} SET " + assignments + HELD);
    if (Statements.update(connection, update, parameters.toArray()) == 0) {
      throw lost(lease);
    }
  }

  static LeaseLostException lost(Lease lease) {
    return new LeaseLostException(
        "Worker "
            + lease.owner()
            + " no longer holds backfill "
            + lease.backfill().value()
            + ": another worker took over its lease with fence "
            + lease.fence()
            + ", or the lease was released. Nothing was written. The current holder continues.");
  }

  /** Returns the name of a backfill in messages. */
  static String name(BackfillId id) {
    return "backfill " + id.value();
  }

  Optional<Backfill> find(Connection connection, BackfillKey key) throws SQLException {
    return Statements.list(
            connection,
            tables.sql(SELECT + "WHERE source = ? AND target = ?"),
            BackfillTable::backfill,
            key.source(),
            key.target())
        .stream()
        .findFirst();
  }

  Backfill get(Connection connection, BackfillId id) throws SQLException {
    return Statements.list(
            connection, tables.sql(SELECT + "WHERE id = ?"), BackfillTable::backfill, id.value())
        .stream()
        .findFirst()
        .orElseThrow(() -> unknown(id));
  }

  List<Backfill> list(Connection connection) throws SQLException {
    return List.copyOf(
        Statements.list(
            connection, tables.sql(SELECT + "ORDER BY target, source"), BackfillTable::backfill));
  }

  static String stored(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /** Returns the certainty of a total, as it is stored. */
  static String kind(Total total) {
    if (!total.isKnown()) {
      return UNKNOWN;
    }
    return total.isExact() ? EXACT : "estimate";
  }

  static BackfillStatus status(String stored) {
    return BackfillStatus.valueOf(stored.toUpperCase(Locale.ROOT));
  }

  private static IllegalArgumentException unknown(BackfillId id) {
    return new IllegalArgumentException("the store has no backfill " + id.value());
  }

  private static Backfill backfill(ResultSet row) throws SQLException {
    return Backfill.builder(
            new BackfillId(row.getLong("id")),
            new BackfillKey(row.getString("source"), row.getString("target")),
            row.getString("trigger_reason"),
            requireNonNull(Statements.instant(row, "created_at")))
        .status(status(row.getString("status")))
        .phase(Phase.valueOf(row.getString("phase").toUpperCase(Locale.ROOT)))
        .waiting(waiting(row))
        .consecutiveFailures(row.getInt("consecutive_failures"))
        .lastError(row.getString("last_error"))
        .note(Statements.textOrAbsent(row, "note"))
        .cursor(cursor(row.getString("resume_cursor")))
        .nextChunkNumber(row.getLong("next_chunk_number"))
        .chunkSize(row.getInt("chunk_size"))
        .verifyCursor(cursor(row.getString("verify_cursor")))
        .counters(
            new Backfill.Counters(
                total(row), row.getLong("processed_items"), row.getLong("quarantined_items")))
        .lease(
            row.getString("lease_owner"),
            Statements.instant(row, "lease_expires_at"),
            row.getBoolean("lease_expired"))
        .startedAt(Statements.instant(row, "started_at"))
        .updatedAt(requireNonNull(Statements.instant(row, "updated_at")))
        .completedAt(Statements.instant(row, "completed_at"))
        .build();
  }

  private static Decision.@Nullable Wait waiting(ResultSet row) throws SQLException {
    Instant until = Statements.instant(row, "wait_until");
    String reason = row.getString("wait_reason");
    return until == null ? null : new Decision.Wait(until, reason == null ? "" : reason);
  }

  private static Total total(ResultSet row) throws SQLException {
    String kind = row.getString("total_kind");
    return kind.equals(UNKNOWN)
        ? Total.UNKNOWN
        : new Total(true, kind.equals(EXACT), row.getLong("total_items"));
  }

  private static Cursor cursor(@Nullable String stored) {
    return stored == null ? Cursor.START : new Cursor(stored);
  }
}
