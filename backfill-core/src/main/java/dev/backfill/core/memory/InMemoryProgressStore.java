package dev.backfill.core.memory;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
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
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.api.store.Transition;
import dev.backfill.api.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** A progress store in memory, by the same contract as a database. */
final class InMemoryProgressStore implements ProgressStore {

  private static final SinkTransaction NO_TRANSACTION =
      new SinkTransaction() {
        @Override
        public <R> Optional<R> unwrap(Class<R> type) {
          return Optional.empty();
        }
      };

  private final TimeSource time;
  private @Nullable Instant pruningBegunAt;
  private final Map<BackfillId, MemoryRow> rows = new LinkedHashMap<>();

  InMemoryProgressStore(TimeSource time) {
    this.time = time;
  }

  Instant now() {
    return time.now();
  }

  @Override
  public Optional<Instant> currentTime() {
    return Optional.of(time.now());
  }

  @Override
  public synchronized Backfill register(BackfillKey key, String triggerReason) {
    return find(key)
        .orElseGet(
            () -> {
              BackfillId id = new BackfillId(rows.size() + 1L);
              rows.put(id, new MemoryRow(id, key, triggerReason, time.now()));
              return get(id);
            });
  }

  @Override
  public synchronized Optional<Backfill> find(BackfillKey key) {
    return rows.values().stream()
        .filter(row -> row.key.equals(key))
        .findFirst()
        .map(row -> row.snapshot(time.now()));
  }

  @Override
  public synchronized Backfill get(BackfillId id) {
    return row(id).snapshot(time.now());
  }

  @Override
  public synchronized List<Backfill> list() {
    return rows.values().stream()
        .map(row -> row.snapshot(time.now()))
        .sorted(
            Comparator.comparing((Backfill b) -> b.key().target())
                .thenComparing(b -> b.key().source()))
        .toList();
  }

  @Override
  public synchronized List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
    return row(id).chunks.stream()
        .filter(chunk -> chunk.number() >= fromNumber)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    String source = row(id).key.source();
    return rows.values().stream()
        .filter(row -> !row.id.equals(id) && row.key.source().equals(source))
        .filter(row -> !row.chunks.isEmpty())
        .min(
            Comparator.comparingDouble((MemoryRow row) -> distance(row.counters.total(), total))
                .thenComparing((MemoryRow row) -> row.updatedAt, Comparator.reverseOrder())
                .thenComparing((MemoryRow row) -> row.id.value(), Comparator.reverseOrder()))
        .map(row -> row.chunks)
        .map(chunks -> chunks.subList(Math.max(0, chunks.size() - limit), chunks.size()))
        .map(List::copyOf)
        .orElse(List.of());
  }

  /** Returns the distance of two totals; one that is not known is farther than any other. */
  private static double distance(Total one, Total other) {
    if (other.count() == 0) {
      return 0;
    }
    return one.count() == 0
        ? Double.MAX_VALUE
        : Math.abs(Math.log10(one.count()) - Math.log10(other.count()));
  }

  @Override
  public synchronized List<QuarantinedItem> quarantined(BackfillId id, int limit) {
    return row(id).quarantine.values().stream()
        .sorted(
            Comparator.comparing(QuarantinedItem::firstSeenAt)
                .thenComparing(item -> item.item().key()))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized List<QuarantinedItem> quarantinedAfter(
      BackfillId id, String afterKey, int limit) {
    return row(id).quarantine.values().stream()
        .filter(item -> item.item().key().compareTo(afterKey) > 0)
        .sorted(Comparator.comparing(item -> item.item().key()))
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized Claim claim(BackfillId id, LeaseRequest request) {
    MemoryRow row = row(id);
    Instant now = time.now();
    String owner = row.owner;
    if (row.isLeased(now) && owner != null && !owner.equals(request.deadOwner())) {
      return new Claim(row.snapshot(now), null);
    }
    row.settleRequest(now);
    if (!row.status.isClaimable()) {
      return new Claim(row.snapshot(now), null);
    }
    return grant(row, request, now);
  }

  @Override
  public synchronized Optional<Claim> claimNext(LeaseRequest request, Set<String> sources) {
    Instant now = time.now();
    return rows.values().stream()
        .filter(row -> sources.contains(row.key.source()) && row.isDue(now))
        .min(Comparator.comparing(row -> row.updatedAt))
        .map(row -> grant(row, request, now));
  }

  private static Claim grant(MemoryRow row, LeaseRequest request, Instant now) {
    row.grant(request, now);
    return new Claim(
        row.snapshot(now), new Lease(row.id, row.fence, request.owner(), request.timeToLive()));
  }

  @Override
  public synchronized List<Transition> transitions(BackfillId id, long afterSequence, int limit) {
    return row(id).transitions.stream()
        .filter(transition -> transition.sequence() > afterSequence)
        .limit(limit)
        .toList();
  }

  @Override
  public synchronized BackfillStatus renew(Lease lease) {
    MemoryRow row = held(lease);
    row.renew(lease, time.now());
    return row.status;
  }

  @Override
  public synchronized <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    MemoryRow row = row(lease.backfill());
    Optional<CommittedChunk> earlier =
        row.chunks.stream()
            .filter(chunk -> chunk.number() == commit.number())
            .filter(chunk -> chunk.attemptId().equals(commit.attemptId()))
            .findFirst();
    if (earlier.isPresent()) {
      CommittedChunk stored = earlier.get();
      return new CommitResult(
          new SinkCounts(stored.inserted(), stored.updated()), row.status, row.counters);
    }
    held(lease);
    Backfill before = row.snapshot(time.now());
    if (!before.isFollowedBy(commit)) {
      throw before.outOfSequence(commit);
    }
    List<T> items = commit.chunk().items();
    SinkCounts counts = items.isEmpty() ? SinkCounts.NONE : write(sink, items);
    row.commit(lease, commit, counts, time.now());
    return new CommitResult(counts, row.status, row.counters);
  }

  @Override
  public synchronized <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    write(sink, items);
  }

  @Override
  public synchronized OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    OptionalLong stored = asking(() -> sink.count(scope, NO_TRANSACTION));
    List<String> keys = List.copyOf(row(id).quarantine.keySet());
    if (stored.isEmpty() || keys.isEmpty()) {
      return stored;
    }
    int twice = asking(() -> sink.stored(scope, keys, NO_TRANSACTION)).map(Set::size).orElse(0);
    return OptionalLong.of(stored.getAsLong() + keys.size() - twice);
  }

  @Override
  public synchronized Optional<List<String>> missing(
      BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    MemoryRow row = row(id);
    return keys.isEmpty()
        ? Optional.of(List.of())
        : asking(() -> sink.stored(scope, keys, NO_TRANSACTION))
            .map(
                stored ->
                    keys.stream()
                        .filter(key -> !stored.contains(key) && !row.quarantine.containsKey(key))
                        .toList());
  }

  private static <R> R asking(Callable<R> question) {
    try {
      return question.call();
    } catch (BackfillException e) {
      throw e;
    } catch (Exception e) {
      throw new PermanentFailureException(
          PermanentFailureException.Reason.UNEXPECTED,
          "The sink could not read what it has stored (%s). The history was not verified. Fix the sink and run again."
              .formatted(e),
          e);
    }
  }

  private static <T> SinkCounts write(Sink<T> sink, List<T> items) {
    try {
      return sink.write(items, NO_TRANSACTION);
    } catch (BackfillException e) {
      throw e;
    } catch (Exception e) {
      throw new PermanentFailureException(
          PermanentFailureException.Reason.UNEXPECTED,
          "The sink failed (%s). Nothing of this chunk is stored. Fix the sink and run again."
              .formatted(e),
          e);
    }
  }

  @Override
  public synchronized boolean claimPruning(Duration every) {
    Instant now = time.now();
    if (pruningBegunAt != null && now.isBefore(pruningBegunAt.plus(every))) {
      return false;
    }
    pruningBegunAt = now;
    return true;
  }

  @Override
  public synchronized Pruned prune(Duration olderThan, int limit) {
    Instant moment = time.now().minus(olderThan);
    return rows.values().stream()
        .map(row -> row.prune(moment, limit, true))
        .reduce(Pruned.NONE, Pruned::plus);
  }

  @Override
  public synchronized Pruned prunable(Duration olderThan) {
    Instant moment = time.now().minus(olderThan);
    return rows.values().stream()
        .map(row -> row.prune(moment, Integer.MAX_VALUE, false))
        .reduce(Pruned.NONE, Pruned::plus);
  }

  @Override
  public synchronized Backfill.Counters recount(Lease lease, OptionalLong seen) {
    MemoryRow row = held(lease);
    row.counters = row.counters.recounted(seen.orElse(-1), row.quarantine.size());
    row.updatedAt = time.now();
    return row.counters;
  }

  @Override
  public synchronized void recordFailure(Lease lease, String error) {
    MemoryRow row = held(lease);
    row.consecutiveFailures++;
    row.lastError = error;
    row.updatedAt = time.now();
  }

  @Override
  public synchronized Backfill rewind(Lease lease) {
    MemoryRow row = held(lease);
    row.rewind(time.now());
    return row.snapshot(time.now());
  }

  @Override
  public synchronized Backfill release(Lease lease, LeaseRelease release) {
    MemoryRow row = held(lease);
    row.release(release, time.now());
    return row.snapshot(time.now());
  }

  @Override
  public synchronized Backfill control(BackfillId id, Control control, RequestedBy by) {
    MemoryRow row = row(id);
    Instant now = time.now();
    row.control(control, by, now);
    return row.snapshot(now);
  }

  @Override
  public synchronized Optional<Backfill> reload(BackfillId id, RequestedBy by) {
    RequestedBy recorded = by.forReload();
    MemoryRow row = row(id);
    Instant now = time.now();
    return row.reload(recorded, now) ? Optional.of(row.snapshot(now)) : Optional.empty();
  }

  private MemoryRow row(BackfillId id) {
    MemoryRow row = rows.get(id);
    if (row == null) {
      throw new IllegalArgumentException("there is no backfill with the number " + id.value());
    }
    return row;
  }

  private MemoryRow held(Lease lease) {
    MemoryRow row = row(lease.backfill());
    if (row.fence != lease.fence() || !lease.owner().equals(row.owner)) {
      throw new LeaseLostException(
          "The lease of %s went from %s to %s. Nothing was written. The new holder continues."
              .formatted(row.key, lease.owner(), row.owner == null ? "no worker" : row.owner));
    }
    return row;
  }
}
