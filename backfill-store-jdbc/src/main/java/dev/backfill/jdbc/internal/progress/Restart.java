package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.stored;

import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ControlRequest;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/** Puts a backfill that nobody holds back to the start of its history, in one transaction. */
record Restart(
    Tables tables,
    BackfillTable backfills,
    TransitionTable transitions,
    QuarantineTable quarantine) {

  /** What a history that begins has, but for the kind of its total and its phase. */
  static final String BEGUN =
      "resume_cursor = NULL, verify_cursor = NULL, processed_items = 0, quarantined_items = 0,"
          + " total_items = NULL, total_kind = ?, phase = ?, completed_at = NULL, note = NULL,"
          + " updated_at = {now}";

  private static final String RESTART =
      "UPDATE {backfill_progress} SET status = ?, fence = fence + 1, lease_owner = NULL,"
          + " lease_expires_at = NULL, wait_until = NULL, wait_reason = NULL,"
          + " consecutive_failures = 0, last_error = NULL, "
          + BEGUN
          + " WHERE id = ?";

  /** Carries it out; empty when a worker holds it. */
  Optional<Backfill> of(
      Connection connection, BackfillId id, ControlRequest request, Duration patience)
      throws SQLException {
    Locked locked = backfills.lock(connection, id, patience);
    if (locked.isLeasedByOtherThan(null)) {
      return Optional.empty();
    }
    transitions.add(
        connection,
        locked,
        new Transition.Change(
            locked.backfill().state().status(), BackfillStatus.PENDING, Transition.Cause.RESUME),
        request.actor(),
        request.reason());
    Statements.update(
        connection,
        tables.sql(RESTART),
        stored(BackfillStatus.PENDING),
        stored(Total.UNKNOWN.kind()),
        stored(Phase.HISTORY),
        id.value());
    quarantine.empty(connection, id);
    return Optional.of(backfills.get(connection, id));
  }
}
