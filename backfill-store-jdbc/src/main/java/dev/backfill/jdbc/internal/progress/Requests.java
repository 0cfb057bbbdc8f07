package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.name;
import static dev.backfill.jdbc.internal.progress.BackfillTable.stored;

import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Requests of users, with or without a worker at work: pause, resume, cancel, reload. */
final class Requests {

  /** Max idle time of a transaction with a user's request. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private static final String CONTROL =
      "UPDATE {backfill_progress} SET status = ?, wait_until = NULL, wait_reason = NULL,"
          + " updated_at = {now} WHERE id = ?";

  private static final String UNHOLD =
      "UPDATE {backfill_progress} SET lease_owner = NULL, lease_expires_at = NULL WHERE id = ?";

  private static final String RELOAD =
      "UPDATE {backfill_progress} SET status = ?, fence = fence + 1, lease_owner = NULL,"
          + " lease_expires_at = NULL, wait_until = NULL, wait_reason = NULL,"
          + " consecutive_failures = 0, last_error = NULL, "
          + BackfillTable.AT_THE_START
          + " WHERE id = ?";

  private final Transactions calls;
  private final Tables tables;
  private final BackfillTable backfills;
  private final TransitionTable transitions;
  private final QuarantineTable quarantine;

  Requests(Transactions calls, Dialect dialect, Tables tables) {
    this.calls = calls;
    this.tables = tables;
    this.backfills = new BackfillTable(dialect, tables);
    this.transitions = new TransitionTable(tables);
    this.quarantine = new QuarantineTable(dialect, tables);
  }

  Backfill control(BackfillId id, Control control, RequestedBy by) {
    return calls.run(
        "the request to " + stored(control) + " " + name(id),
        connection -> {
          Locked locked = backfills.lock(connection, id, TIMEOUT);
          boolean leased = locked.isLeasedByOtherThan(null);
          BackfillStatus before = locked.backfill().status();
          BackfillStatus after = before.after(control, leased);
          if (after == before) {
            return locked.backfill();
          }
          transitions.add(
              connection,
              locked,
              before,
              after,
              Transition.Cause.of(control),
              by.actor(),
              by.reason());
          return settle(connection, locked, after, leased);
        });
  }

  /** Carries out the pending request that a worker left, if there is one. */
  Backfill resolvePending(Connection connection, Locked locked) throws SQLException {
    BackfillStatus pending = locked.backfill().status();
    BackfillStatus settled = pending.resolvePending();
    if (settled == pending) {
      return locked.backfill();
    }
    String dead = locked.backfill().holder();
    transitions.add(
        connection,
        locked,
        pending,
        settled,
        Transition.Cause.SETTLE,
        dead == null ? "nobody" : dead,
        null);
    return settle(connection, locked, settled, false);
  }

  private Backfill settle(
      Connection connection, Locked locked, BackfillStatus status, boolean leased)
      throws SQLException {
    BackfillId id = locked.backfill().id();
    Statements.update(connection, tables.sql(CONTROL), stored(status), id.value());
    if (!leased) {
      Statements.update(connection, tables.sql(UNHOLD), id.value());
    }
    return backfills.get(connection, id);
  }

  /** Resets a backfill to the start of its history; returns empty if a worker holds its lease. */
  Optional<Backfill> reload(BackfillId id, RequestedBy by) {
    return calls.run(
        "the reload of " + name(id),
        connection -> {
          Locked locked = backfills.lock(connection, id, TIMEOUT);
          if (locked.isLeasedByOtherThan(null)) {
            return Optional.<Backfill>empty();
          }
          BackfillStatus before = locked.backfill().status();
          transitions.add(
              connection,
              locked,
              before,
              BackfillStatus.PENDING,
              Transition.Cause.RESUME,
              by.actor(),
              by.reason());
          Statements.update(
              connection,
              tables.sql(RELOAD),
              stored(BackfillStatus.PENDING),
              BackfillTable.kind(Total.UNKNOWN),
              stored(Phase.HISTORY),
              id.value());
          quarantine.empty(connection, id);
          return Optional.of(backfills.get(connection, id));
        });
  }
}
