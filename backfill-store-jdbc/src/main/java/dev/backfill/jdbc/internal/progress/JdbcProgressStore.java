package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.Transition;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Pipelining;
import dev.backfill.jdbc.internal.sql.Tables;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The progress of backfills in tables. Each call is one transaction. A call that makes a decision
 * locks the backfill's row first, so that decisions about one backfill are sequential.
 */
public final class JdbcProgressStore implements ProgressStore {

  private final Registration registration;
  private final Leases leases;
  private final Requests requests;
  private final ChunkCommitter commits;
  private final ProgressQueries queries;
  private final SinkQueries sinks;
  private final Pruning pruning;

  /**
   * Creates it.
   *
   * @param pipelining sends statements together, if the driver can
   */
  public JdbcProgressStore(
      Transactions calls, Dialect dialect, Optional<Pipelining> pipelining, Tables tables) {
    WrittenRowCache written = new WrittenRowCache();
    this.registration = new Registration(calls, new BackfillTable(dialect, tables));
    this.requests = new Requests(calls, dialect, tables);
    this.leases = new Leases(calls, dialect, tables, requests, written);
    this.commits = new ChunkCommitter(calls, dialect, pipelining, tables, written);
    this.queries = new ProgressQueries(calls, dialect, tables);
    this.sinks = new SinkQueries(calls, new QuarantineTable(dialect, tables));
    this.pruning = new Pruning(calls, tables);
  }

  @Override
  public Optional<Instant> currentTime() {
    return queries.currentTime();
  }

  @Override
  public Optional<Backfill> find(BackfillKey key) {
    return queries.find(key);
  }

  @Override
  public Backfill get(BackfillId id) {
    return queries.get(id);
  }

  @Override
  public List<Backfill> list() {
    return queries.list();
  }

  @Override
  public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return queries.chunks(id, fromNumber, limit);
  }

  @Override
  public List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return queries.similarChunks(id, total, limit);
  }

  @Override
  public List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return queries.quarantined(id, limit);
  }

  @Override
  public List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit) {
    return queries.quarantinedAfter(id, afterKey, limit);
  }

  @Override
  public List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return queries.transitions(id, afterSequence, limit);
  }

  @Override
  public List<Transition> latestTransitions(BackfillId id, int limit) {
    return queries.latestTransitions(id, limit);
  }

  @Override
  public Backfill register(BackfillKey key, String triggerReason) {
    return registration.register(key, triggerReason);
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest request) {
    return leases.claim(id, request);
  }

  @Override
  public Optional<Claim> claimNext(LeaseRequest request, Set<String> sources) {
    return leases.claimNext(request, sources);
  }

  @Override
  public BackfillStatus renew(Lease lease) {
    return leases.renew(lease);
  }

  @Override
  public void recordFailure(Lease lease, String error) {
    leases.recordFailure(lease, error);
  }

  @Override
  public Backfill.Counters recount(Lease lease, OptionalLong seen) {
    return leases.recount(lease, seen);
  }

  @Override
  public Backfill rewind(Lease lease) {
    return leases.rewind(lease);
  }

  @Override
  public Backfill release(Lease lease, LeaseRelease release) {
    return leases.release(lease, release);
  }

  @Override
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    return commits.commit(lease, commit, sink);
  }

  @Override
  public <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    commits.tryWrite(lease, items, sink);
  }

  @Override
  public OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    return sinks.countKnown(id, sink, scope);
  }

  @Override
  public Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    return sinks.difference(id, sink, scope);
  }

  @Override
  public Optional<List<String>> missing(
      BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    return sinks.missing(id, sink, scope, keys);
  }

  @Override
  public Backfill control(BackfillId id, Control control, RequestedBy by) {
    return requests.control(id, control, by);
  }

  @Override
  public Optional<Backfill> reload(BackfillId id, RequestedBy by) {
    return requests.reload(id, by.forReload());
  }

  @Override
  public boolean claimPruning(Duration every) {
    return pruning.claim(every);
  }

  @Override
  public Pruned prune(Duration olderThan, int limit) {
    return pruning.prune(olderThan, limit);
  }

  @Override
  public Pruned prunable(Duration olderThan) {
    return pruning.prunable(olderThan);
  }
}
