package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.stored;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.Backfill.Waiting;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.ControlRequest;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Pipelining;
import dev.backfill.jdbc.internal.progress.BackfillTable.Locked;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.jdbc.internal.sql.Statements;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The progress of backfills in tables. Each call is one transaction; whatever decides something
 * first locks the backfill's row, so that decisions about one backfill follow one another.
 */
public final class JdbcProgressStore implements ProgressStore {

  private static final Logger LOG = LoggerFactory.getLogger(JdbcProgressStore.class);

  /** How long a request of a person may be left idle in its transaction. */
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private static final int QUARANTINE_PAGE = 500;

  private static final String HELD =
      " WHERE id = ? AND fence = ? AND lease_owner = ? AND {patience} IS NOT NULL";

  private static final String INSERT =
      "INSERT INTO {backfill_progress} (source, target, status, phase, total_kind,"
          + " processed_items, quarantined_items, chunk_size, next_chunk_number, fence,"
          + " consecutive_failures, trigger_reason, created_at, updated_at)"
          + " VALUES (?, ?, ?, ?, ?, 0, 0, 0, 1, 0, 0, ?, {now}, {now})";

  private static final String GRANT =
      "UPDATE {backfill_progress} SET fence = fence + 1, lease_owner = ?,"
          + " lease_expires_at = {now+millis}, lease_millis = ?, status = ?, executor = ?,"
          + " wait_until = NULL, wait_reason = NULL, started_at = COALESCE(started_at, {now}),"
          + " updated_at = {now} WHERE id = ?";

  private static final String RENEW =
      "UPDATE {backfill_progress} SET lease_expires_at = {now+millis}, updated_at = {now}" + HELD;

  private static final String FAIL =
      "UPDATE {backfill_progress} SET consecutive_failures = consecutive_failures + 1,"
          + " last_error = ?, updated_at = {now}"
          + HELD;

  private static final String RECOUNT =
      "UPDATE {backfill_progress} SET processed_items = ?, quarantined_items = ?, total_items = ?,"
          + " total_kind = ?, updated_at = {now}"
          + HELD;

  private static final String REWIND = "UPDATE {backfill_progress} SET " + Restart.BEGUN + HELD;

  private static final String RELEASE =
      "UPDATE {backfill_progress} SET status = ?, wait_until = {time}, wait_reason = ?,"
          + " consecutive_failures = ?, last_error = ?, processed_items = ?, total_items = ?,"
          + " total_kind = ?, verify_cursor = CASE WHEN ? THEN NULL ELSE verify_cursor END,"
          + " lease_owner = NULL, lease_expires_at = NULL,"
          + " completed_at = CASE WHEN ? THEN {now} ELSE completed_at END,"
          + " note = CASE WHEN ? THEN ? ELSE note END, updated_at = {now}"
          + " WHERE id = ?";

  private static final String CONTROL =
      "UPDATE {backfill_progress} SET status = ?, wait_until = NULL, wait_reason = NULL,"
          + " updated_at = {now} WHERE id = ?";

  private static final String UNHOLD =
      "UPDATE {backfill_progress} SET lease_owner = NULL, lease_expires_at = NULL WHERE id = ?";

  private final Transactions calls;
  private final Tables tables;
  private final BackfillTable backfills;
  private final ChunkTable chunks;
  private final SimilarChunks similar;
  private final QuarantineTable quarantine;
  private final ChunkCommitter committer;
  private final SyncLog log;
  private final TransitionTable transitions;
  private final QuietRun quietRun;
  private final RetentionTables retention;

  /**
   * Creates it.
   *
   * @param pipelining how the driver sends statements together, if it does
   */
  public JdbcProgressStore(
      Transactions calls, Dialect dialect, Optional<Pipelining> pipelining, Tables tables) {
    this.calls = calls;
    this.tables = tables;
    this.backfills = new BackfillTable(dialect, tables);
    this.chunks = new ChunkTable(tables);
    this.similar = new SimilarChunks(tables, chunks);
    this.quarantine = new QuarantineTable(dialect, tables);
    this.committer =
        new ChunkCommitter(
            calls,
            tables,
            dialect,
            backfills,
            chunks,
            quarantine,
            pipelining.map(each -> new PipelinedCommit(each, tables)).orElse(null));
    this.log = new SyncLog(tables);
    this.transitions = new TransitionTable(tables);
    this.quietRun = new QuietRun(tables, transitions);
    this.retention = new RetentionTables(tables);
  }

  @Override
  public Optional<Instant> currentTime() {
    return calls.read(
        "the reading of the database's clock",
        connection ->
            Statements.list(
                    connection,
                    tables.sql("SELECT {now} AS now_at"),
                    row -> Objects.requireNonNull(Statements.instant(row, "now_at")))
                .stream()
                .findFirst());
  }

  @Override
  public Optional<Backfill> find(BackfillKey key) {
    return calls.read("the search for " + key, c -> backfills.find(c, key));
  }

  @Override
  public Backfill get(BackfillId id) {
    return calls.read("the reading of " + name(id), c -> backfills.get(c, id));
  }

  @Override
  public List<Backfill> list() {
    return calls.read("the list of backfills", backfills::list);
  }

  @Override
  public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return calls.read(
        "the reading of chunks of " + name(id), c -> chunks.list(c, id, fromNumber, limit));
  }

  @Override
  public List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return calls.read(
        "the search for a backfill like " + name(id), c -> similar.list(c, id, total, limit));
  }

  @Override
  public List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return calls.read(
        "the reading of the quarantine of " + name(id), c -> quarantine.list(c, id, limit));
  }

  @Override
  public List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit) {
    return calls.read(
        "the reading of the quarantine of " + name(id),
        c -> quarantine.listAfter(c, id, afterKey, limit));
  }

  @Override
  public Backfill register(BackfillKey key, String triggerReason) {
    return find(key).orElseGet(() -> insert(key, triggerReason));
  }

  private Backfill insert(BackfillKey key, String triggerReason) {
    try {
      return calls.run(
          "the registration of " + key,
          connection -> {
            Statements.update(
                connection,
                tables.sql(INSERT),
                key.source(),
                key.target(),
                stored(BackfillStatus.PENDING),
                stored(Phase.HISTORY),
                stored(Total.UNKNOWN.kind()),
                triggerReason);
            return backfills.find(connection, key).orElseThrow();
          });
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause())) {
        return find(key).orElseThrow(() -> e);
      }
      throw e;
    }
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest claimant) {
    return calls.run("the claim of " + name(id), c -> claim(c, id, claimant));
  }

  private Claim claim(Connection connection, BackfillId id, LeaseRequest claimant)
      throws SQLException {
    Locked locked = backfills.lock(connection, id, claimant.timeToLive());
    BackfillStatus status = locked.backfill().state().status();
    boolean leased = locked.isLeasedByOtherThan(claimant.deadOwner());
    if (!status.isClaimable()) {
      BackfillStatus settled = status.resolvePending();
      if (leased || settled == status) {
        return new Claim.Refused(locked.backfill());
      }
      Backfill.Holder dead = locked.backfill().holder();
      transitions.add(
          connection,
          locked,
          new Transition.Change(status, settled, Transition.Cause.SETTLE),
          dead == null ? "nobody" : dead.owner(),
          null);
      return new Claim.Refused(settle(connection, locked, settled, false));
    }
    if (leased) {
      return new Claim.Held(locked.backfill());
    }
    return grant(connection, locked, claimant);
  }

  @Override
  public Optional<Claim.Granted> claimNext(LeaseRequest claimant, Set<String> sources) {
    return calls.run(
        "the claim of a due backfill",
        connection -> {
          Optional<Locked> next = backfills.lockNext(connection, sources, claimant.timeToLive());
          return next.isEmpty()
              ? Optional.<Claim.Granted>empty()
              : Optional.of(grant(connection, next.get(), claimant));
        });
  }

  private Claim.Granted grant(Connection connection, Locked locked, LeaseRequest claimant)
      throws SQLException {
    BackfillId id = locked.backfill().id();
    long fence = locked.fence() + 1;
    BackfillStatus status = locked.backfill().state().status();
    Statements.update(
        connection,
        tables.sql(GRANT),
        claimant.owner(),
        claimant.timeToLive().toMillis(),
        claimant.timeToLive().toMillis(),
        stored(status.afterClaim()),
        claimant.executor(),
        id.value());
    Backfill.Holder before = locked.backfill().holder();
    if (before != null) {
      LOG.info("Worker {} takes {} over from {}", claimant.owner(), name(id), before.owner());
    }
    transitions.add(
        connection,
        new Locked(locked.backfill(), fence),
        new Transition.Change(status, status.afterClaim(), Transition.Cause.CLAIM),
        claimant.owner(),
        before == null ? null : "taken over from " + before.owner());
    log.abandon(connection, id, locked.fence());
    log.begin(connection, locked.backfill(), fence, claimant);
    Lease lease = new Lease(id, fence, claimant.owner(), claimant.timeToLive());
    committer.forget(lease);
    return new Claim.Granted(lease, backfills.get(connection, id));
  }

  @Override
  public BackfillStatus renew(Lease lease) {
    return calls.run(
        "the renewal of the lease of " + name(lease.backfill()),
        connection -> {
          updateHeld(connection, lease, RENEW, lease.timeToLive().toMillis());
          return backfills.get(connection, lease.backfill()).state().status();
        });
  }

  @Override
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    return committer.committed(
        lease,
        calls.run(
            ChunkCommitter.action(lease, commit),
            connection -> committer.commit(connection, lease, commit, sink)));
  }

  @Override
  public <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    String action = "the write of " + items.size() + " item(s)";
    calls.tryWrite(
        action,
        connection -> {
          backfills.limitIdling(connection, lease.timeToLive());
          return ChunkCommitter.write(connection, sink, items, action);
        });
  }

  @Override
  public OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    return calls.read(
        "the count of what is stored of " + name(id),
        c -> {
          OptionalLong stored = SinkQueries.count(c, sink, scope);
          return stored.isEmpty()
              ? stored
              : OptionalLong.of(stored.getAsLong() + onlyInQuarantine(c, id, sink, scope));
        });
  }

  @Override
  public Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    return calls.read(
        "the comparison of what is stored of " + name(id),
        c -> SinkQueries.difference(c, sink, scope));
  }

  private long onlyInQuarantine(Connection connection, BackfillId id, Sink<?> sink, String scope)
      throws SQLException {
    long only = 0;
    String after = "";
    while (true) {
      List<String> keys = quarantine.keysAfter(connection, id, after, QUARANTINE_PAGE);
      if (keys.isEmpty()) {
        return only;
      }
      only +=
          keys.size() - SinkQueries.stored(connection, sink, scope, keys).map(Set::size).orElse(0);
      after = keys.get(keys.size() - 1);
    }
  }

  @Override
  public Optional<List<String>> missing(
      BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    if (keys.isEmpty()) {
      return Optional.of(List.of());
    }
    return calls.read(
        "the search for gaps of " + name(id),
        c -> {
          Optional<Set<String>> stored = SinkQueries.stored(c, sink, scope, keys);
          if (stored.isEmpty()) {
            return Optional.<List<String>>empty();
          }
          List<String> absent = keys.stream().filter(key -> !stored.get().contains(key)).toList();
          Set<String> known = quarantine.known(c, id, absent);
          return Optional.of(absent.stream().filter(key -> !known.contains(key)).toList());
        });
  }

  @Override
  public Backfill.Counters recount(Lease lease, OptionalLong seen) {
    BackfillId id = lease.backfill();
    return calls.run(
        "the recount of " + name(id),
        connection -> {
          Backfill before = backfills.lock(connection, id, lease.timeToLive()).backfill();
          Backfill.Counters counters =
              before.counters().recounted(seen.orElse(-1), quarantine.count(connection, id));
          Total total = counters.total();
          updateHeld(
              connection,
              lease,
              RECOUNT,
              counters.processed(),
              counters.quarantined(),
              total.isKnown() ? total.count() : null,
              stored(total.kind()));
          return counters;
        });
  }

  @Override
  public void recordFailure(Lease lease, String error) {
    calls.run(
        "the record of a failure of " + name(lease.backfill()),
        connection -> {
          updateHeld(connection, lease, FAIL, error);
          return true;
        });
  }

  @Override
  public Backfill rewind(Lease lease) {
    return calls.run(
        "the rewinding of " + name(lease.backfill()),
        connection -> {
          updateHeld(
              connection, lease, REWIND, stored(Total.UNKNOWN.kind()), stored(Phase.HISTORY));
          quarantine.empty(connection, lease.backfill());
          return backfills.get(connection, lease.backfill());
        });
  }

  @Override
  public Backfill release(Lease lease, LeaseRelease release) {
    return calls.run("the release of " + name(lease.backfill()), c -> release(c, lease, release));
  }

  private Backfill release(Connection connection, Lease lease, LeaseRelease release)
      throws SQLException {
    Locked locked = backfills.lock(connection, lease.backfill(), lease.timeToLive());
    if (locked.fence() != lease.fence()) {
      throw ChunkCommitter.lost(lease);
    }
    committer.forget(lease);
    if (locked.backfill().holder() == null) {
      // An earlier call was carried out and its answer was lost, or a request overtook it.
      return locked.backfill();
    }
    BackfillStatus requested = locked.backfill().state().status();
    BackfillStatus status = requested.afterRelease(release.status());
    Waiting waiting = status == BackfillStatus.WAITING ? release.waiting() : null;
    Backfill.State before = locked.backfill().state();
    int failures = before.consecutiveFailures() + (release.error() == null ? 0 : 1);
    String error = release.error() == null ? before.lastError() : release.error();
    Long counted = status.isCompleted() ? release.counted() : null;
    Backfill.Counters counters =
        counted == null
            ? locked.backfill().counters()
            : locked.backfill().counters().counted(counted);
    Statements.update(
        connection,
        tables.sql(RELEASE),
        stored(status),
        waiting == null ? null : waiting.until(),
        waiting == null ? null : waiting.reason(),
        status.isCompleted() ? 0 : failures,
        status.isCompleted() ? null : error,
        counters.processed(),
        counters.total().isKnown() ? counters.total().count() : null,
        stored(counters.total().kind()),
        status.isCompleted(),
        status.isCompleted(),
        status.isCompleted(),
        status.isCompleted() ? release.note() : null,
        lease.backfill().value());
    if (quietRun.forget(connection, locked, status, release)) {
      return backfills.get(connection, lease.backfill());
    }
    transitions.add(
        connection,
        locked,
        new Transition.Change(requested, status, Transition.Cause.RELEASE),
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

  @Override
  public Backfill control(BackfillId id, ControlRequest request) {
    return calls.run(
        "the request to " + stored(request.control()) + " " + name(id),
        connection -> {
          Locked locked = backfills.lock(connection, id, TIMEOUT);
          boolean leased = locked.isLeasedByOtherThan(null);
          BackfillStatus before = locked.backfill().state().status();
          BackfillStatus after = before.after(request.control(), leased);
          if (after == before) {
            return locked.backfill();
          }
          transitions.add(
              connection,
              locked,
              new Transition.Change(before, after, Transition.Cause.of(request.control())),
              request.actor(),
              request.reason());
          return settle(connection, locked, after, leased);
        });
  }

  @Override
  public Optional<Backfill> restart(BackfillId id, String actor, @Nullable String reason) {
    ControlRequest request = ControlRequest.toRestart(actor, reason);
    Restart restart = new Restart(tables, backfills, transitions, quarantine);
    return calls.run("the restart of " + name(id), c -> restart.of(c, id, request, TIMEOUT));
  }

  @Override
  public List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return calls.read(
        "the reading of the transitions of " + name(id),
        c -> transitions.list(c, id, afterSequence, limit));
  }

  @Override
  public boolean claimPruning(Duration every) {
    try {
      return calls.run("the claim of the pruning", c -> retention.claim(c, every));
    } catch (BackfillException e) {
      if (SqlFailures.isDuplicateKey(e.getCause())) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public Pruned prune(Duration olderThan, int limit) {
    return calls.run("the removal of old rows", c -> retention.prune(c, olderThan, limit));
  }

  @Override
  public Pruned prunable(Duration olderThan) {
    return calls.read("the count of old rows", c -> retention.prunable(c, olderThan));
  }

  @Override
  public List<Transition> latestTransitions(BackfillId id, int limit) {
    return calls.read(
        "the reading of the transitions of " + name(id), c -> transitions.latest(c, id, limit));
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

  private void updateHeld(
      Connection connection, Lease lease, String template, @Nullable Object... values)
      throws SQLException {
    @Nullable Object[] parameters = new @Nullable Object[values.length + 4];
    System.arraycopy(values, 0, parameters, 0, values.length);
    parameters[values.length] = lease.backfill().value();
    parameters[values.length + 1] = lease.fence();
    parameters[values.length + 2] = lease.owner();
    parameters[values.length + 3] = BackfillTable.millis(lease.timeToLive());
    if (Statements.update(connection, tables.sql(template), parameters) == 0) {
      throw ChunkCommitter.lost(lease);
    }
  }

  private static String name(BackfillId id) {
    return "backfill " + id.value();
  }
}
