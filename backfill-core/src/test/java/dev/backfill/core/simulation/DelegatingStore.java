package dev.backfill.core.simulation;

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
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.Transition;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A store in front of another one: all that writes goes through {@link #writing}, all that reads
 * through {@link #readMode}.
 */
abstract class DelegatingStore implements ProgressStore {

  /** What is asked of a store. */
  enum Operation {
    REGISTER,
    CLAIM,
    RENEW,
    COMMIT,
    RECORD_FAILURE,
    REWIND,
    RELEASE,
    CONTROL,
    READ
  }

  final ProgressStore next;

  DelegatingStore(ProgressStore next) {
    this.next = next;
  }

  <R> R writing(Operation operation, Supplier<R> call) {
    return call.get();
  }

  <R> R reading(Supplier<R> call) {
    return call.get();
  }

  @Override
  public Optional<Backfill> reload(BackfillId id, RequestedBy by) {
    return writing(Operation.CONTROL, () -> next.reload(id, by));
  }

  @Override
  public Backfill.Counters recount(Lease lease, OptionalLong seen) {
    return writing(Operation.RECORD_FAILURE, () -> next.recount(lease, seen));
  }

  @Override
  public Backfill register(BackfillKey key, String triggerReason) {
    return writing(Operation.REGISTER, () -> next.register(key, triggerReason));
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest request) {
    return writing(Operation.CLAIM, () -> next.claim(id, request));
  }

  @Override
  public BackfillStatus renew(Lease lease) {
    return writing(Operation.RENEW, () -> next.renew(lease));
  }

  @Override
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    return writing(Operation.COMMIT, () -> next.commit(lease, commit, sink));
  }

  @Override
  public void recordFailure(Lease lease, String error) {
    writing(
        Operation.RECORD_FAILURE,
        () -> {
          next.recordFailure(lease, error);
          return error;
        });
  }

  @Override
  public Backfill rewind(Lease lease) {
    return writing(Operation.REWIND, () -> next.rewind(lease));
  }

  @Override
  public Backfill release(Lease lease, LeaseRelease release) {
    return writing(Operation.RELEASE, () -> next.release(lease, release));
  }

  @Override
  public Backfill control(BackfillId id, Control control, RequestedBy by) {
    return writing(Operation.CONTROL, () -> next.control(id, control, by));
  }

  @Override
  public <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    reading(
        () -> {
          next.tryWrite(lease, items, sink);
          return items;
        });
  }

  @Override
  public OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    return reading(() -> next.countKnown(id, sink, scope));
  }

  @Override
  public Optional<List<String>> missing(
      BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    return reading(() -> next.missing(id, sink, scope, keys));
  }

  /** A worker of the simulation has one job. */
  @Override
  public Optional<Claim> claimNext(LeaseRequest request, Set<String> sources) {
    throw new UnsupportedOperationException("nobody asks for due work here");
  }

  @Override
  public List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return reading(() -> next.transitions(id, afterSequence, limit));
  }

  @Override
  public Optional<Backfill> find(BackfillKey key) {
    return reading(() -> next.find(key));
  }

  @Override
  public Backfill get(BackfillId id) {
    return reading(() -> next.get(id));
  }

  @Override
  public List<Backfill> list() {
    return reading(next::list);
  }

  @Override
  public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return reading(() -> next.chunks(id, fromNumber, limit));
  }

  @Override
  public List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return reading(() -> next.similarChunks(id, total, limit));
  }

  @Override
  public List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return reading(() -> next.quarantined(id, limit));
  }

  @Override
  public List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit) {
    return reading(() -> next.quarantinedAfter(id, afterKey, limit));
  }
}
