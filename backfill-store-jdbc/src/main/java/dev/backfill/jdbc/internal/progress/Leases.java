package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.name;
import static dev.backfill.jdbc.internal.progress.BackfillTable.stored;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Leases from their claim to their release, with the changes that holders make beside commits. */
final class Leases {

  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

  private static final String GRANT =
      "UPDATE {backfill_progress} SET fence = fence + 1, lease_owner = ?,"
          + " lease_expires_at = {now+millis}, lease_millis = ?, status = ?, executor = ?,"
          + " wait_until = NULL, wait_reason = NULL, started_at = COALESCE(started_at, {now}),"
          + " updated_at = {now} WHERE id = ?";

  private static final String RENEW = "lease_expires_at = {now+millis}, updated_at = {now}";

  private static final String FAIL =
      "consecutive_failures = consecutive_failures + 1, last_error = ?, updated_at = {now}";

  private static final String RECOUNT =
      "processed_items = ?, quarantined_items = ?, total_items = ?, total_kind = ?,"
          + " updated_at = {now}";

  private static final String RELEASE =
      "UPDATE {backfill_progress} SET status = ?, wait_until = {time}, wait_reason = ?,"
          + " consecutive_failures = ?, last_error = ?, processed_items = ?, total_items = ?,"
          + " total_kind = ?, verify_cursor = CASE WHEN ? THEN NULL ELSE verify_cursor END,"
          + " lease_owner = NULL, lease_expires_at = NULL,"
          + " completed_at = CASE WHEN ? THEN {now} ELSE completed_at END,"
          + " note = CASE WHEN ? THEN ? ELSE note END, updated_at = {now}"
          + " WHERE id = ?";

  private final Transactions calls;
  private final Tables tables;
  private final BackfillTable backfills;
  private final ChunkTable chunks;
  private final QuarantineTable quarantine;
  private final TransitionTable transitions;
  private final SyncLog log;
  private final Requests requests;
  private final WrittenRowCache written;

  /**
   * Creates it.
   *
   * @param requests carries out a request that a dead worker left
   * @param written forgets a lease that begins or ends
   */
  Leases(
      Transactions calls,
      Dialect dialect,
      Tables tables,
      Requests requests,
      WrittenRowCache written) {
    this.calls = calls;
    this.tables = tables;
    this.backfills = new BackfillTable(dialect, tables);
    this.chunks = new ChunkTable(tables);
    this.quarantine = new QuarantineTable(dialect, tables);
    this.transitions = new TransitionTable(tables);
    this.log = new SyncLog(tables);
    this.requests = requests;
    this.written = written;
  }

  Claim claim(BackfillId id, LeaseRequest request) {
    return calls.run("the claim of " + name(id), c -> claim(c, id, request));
  }

  private Claim claim(Connection connection, BackfillId id, LeaseRequest request)
      throws SQLException {
    Locked locked = backfills.lock(connection, id, request.timeToLive());
    boolean leased = locked.isLeasedByOtherThan(request.deadOwner());
    if (!locked.backfill().status().isClaimable()) {
      return new Claim(
          leased ? locked.backfill() : requests.resolvePending(connection, locked), null);
    }
    return leased ? new Claim(locked.backfill(), null) : grant(connection, locked, request);
  }

  Optional<Claim> claimNext(LeaseRequest request, Set<String> sources) {
    return calls.run(
        "the claim of a due backfill",
        connection -> {
          Optional<Locked> next = backfills.lockNext(connection, sources, request.timeToLive());
          return next.isEmpty()
              ? Optional.<Claim>empty()
              : Optional.of(grant(connection, next.get(), request));
        });
  }

  private Claim grant(Connection connection, Locked locked, LeaseRequest request)
      throws SQLException {
    BackfillId id = locked.backfill().id();
    long fence = locked.fence() + 1;
    BackfillStatus status = locked.backfill().status();
    Statements.update(
        connection,
        tables.sql(GRANT),
        request.owner(),
        request.timeToLive().toMillis(),
        request.timeToLive().toMillis(),
        stored(status.afterClaim()),
        request.executor(),
        id.value());
    String before = locked.backfill().holder();
    if (before != null) {
      LOG.info("Worker {} takes {} over from {}", request.owner(), name(id), before);
    }
    transitions.add(
        connection,
        new Locked(locked.backfill(), fence),
        status,
        status.afterClaim(),
        Transition.Cause.CLAIM,
        request.owner(),
        before == null ? null : "taken over from " + before);
    log.abandon(connection, id, locked.fence());
    log.begin(connection, locked.backfill(), fence, request);
    Lease lease = new Lease(id, fence, request.owner(), request.timeToLive());
    written.forget(lease);
    return new Claim(backfills.get(connection, id), lease);
  }

  BackfillStatus renew(Lease lease) {
    return calls.run(
        "the renewal of the lease of " + name(lease.backfill()),
        connection -> {
          backfills.updateHeld(connection, lease, RENEW, lease.timeToLive().toMillis());
          return backfills.get(connection, lease.backfill()).status();
        });
  }

  void recordFailure(Lease lease, String error) {
    calls.run(
        "the record of a failure of " + name(lease.backfill()),
        connection -> {
          backfills.updateHeld(connection, lease, FAIL, error);
          return true;
        });
  }

  Backfill.Counters recount(Lease lease, OptionalLong seen) {
    BackfillId id = lease.backfill();
    return calls.run(
        "the recount of " + name(id),
        connection -> {
          Backfill before = backfills.lock(connection, id, lease.timeToLive()).backfill();
          Backfill.Counters counters =
              before.counters().recounted(seen.orElse(-1), quarantine.count(connection, id));
          Total total = counters.total();
          backfills.updateHeld(
              connection,
              lease,
              RECOUNT,
              counters.processed(),
              counters.quarantined(),
              total.isKnown() ? total.count() : null,
              BackfillTable.kind(total));
          return counters;
        });
  }

  Backfill rewind(Lease lease) {
    return calls.run(
        "the rewinding of " + name(lease.backfill()),
        connection -> {
          backfills.updateHeld(
              connection,
              lease,
              BackfillTable.AT_THE_START,
              BackfillTable.kind(Total.UNKNOWN),
              stored(Phase.HISTORY));
          quarantine.empty(connection, lease.backfill());
          return backfills.get(connection, lease.backfill());
        });
  }

  Backfill release(Lease lease, LeaseRelease release) {
    return calls.run("the release of " + name(lease.backfill()), c -> release(c, lease, release));
  }

  private Backfill release(Connection connection, Lease lease, LeaseRelease release)
      throws SQLException {
    Locked locked = backfills.lock(connection, lease.backfill(), lease.timeToLive());
    if (locked.fence() != lease.fence()) {
      throw BackfillTable.lost(lease);
    }
    written.forget(lease);
    if (locked.backfill().holder() == null) {
      // An earlier call was carried out and its answer was lost, or a request overtook it.
      return locked.backfill();
    }
    BackfillStatus before = locked.backfill().status();
    BackfillStatus status = before.afterRelease(release.status());
    Decision.Wait waiting = status == BackfillStatus.WAITING ? release.waiting() : null;
    end(connection, locked.backfill(), release, status, waiting);
    if (foundNothing(connection, locked, release, status)) {
      transitions.forget(connection, lease.backfill(), lease.fence());
      log.forget(connection, lease.backfill(), lease.fence());
      return backfills.get(connection, lease.backfill());
    }
    transitions.add(
        connection,
        locked,
        before,
        status,
        Transition.Cause.RELEASE,
        lease.owner(),
        release.error() == null && waiting != null ? waiting.reason() : release.error());
    log.end(
        connection,
        lease.backfill(),
        lease.fence(),
        release.error() == null ? status : BackfillStatus.FAILED,
        release.error());
    return backfills.get(connection, lease.backfill());
  }

  private void end(
      Connection connection,
      Backfill backfill,
      LeaseRelease release,
      BackfillStatus status,
      Decision.@Nullable Wait waiting)
      throws SQLException {
    boolean completed = status.isCompleted();
    int failures = backfill.consecutiveFailures() + (release.error() == null ? 0 : 1);
    String error = release.error() == null ? backfill.lastError() : release.error();
    Long counted = completed ? release.counted() : null;
    Backfill.Counters counters =
        counted == null ? backfill.counters() : backfill.counters().counted(counted);
    Total total = counters.total();
    Statements.update(
        connection,
        tables.sql(RELEASE),
        stored(status),
        waiting == null ? null : waiting.until(),
        waiting == null ? null : waiting.reason(),
        completed ? 0 : failures,
        completed ? null : error,
        counters.processed(),
        total.isKnown() ? total.count() : null,
        BackfillTable.kind(total),
        completed,
        completed,
        completed,
        completed ? release.note() : null,
        backfill.id().value());
  }

  /**
   * Returns true for a run of a completed backfill that found nothing new. There are thousands of
   * them a day, and they leave no rows. The backfill's row keeps the moment, and an empty chunk
   * stays if the cursor moved.
   */
  private boolean foundNothing(
      Connection connection, Locked locked, LeaseRelease release, BackfillStatus status)
      throws SQLException {
    BackfillId id = locked.backfill().id();
    return status.isCompleted()
        && release.error() == null
        && wasClaimedAs(connection, locked, status)
        && chunks.items(connection, id, locked.fence()) == 0;
  }

  /** Returns true if this run's claim is the last transition, from the same status. */
  private boolean wasClaimedAs(Connection connection, Locked locked, BackfillStatus status)
      throws SQLException {
    List<Transition> latest = transitions.latest(connection, locked.backfill().id(), 1);
    return !latest.isEmpty()
        && latest.get(0).fence() == locked.fence()
        && latest.get(0).cause() == Transition.Cause.CLAIM
        && latest.get(0).from() == status
        && latest.get(0).reason() == null;
  }
}
