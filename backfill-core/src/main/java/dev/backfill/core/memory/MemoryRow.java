package dev.backfill.core.memory;

import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Pruned;
import dev.backfill.api.store.QuarantinedItem;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.Transition;
import dev.backfill.core.internal.StoreTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A backfill's row, chunks and quarantine; guarded by its store's lock. */
final class MemoryRow {

  private static final Backfill.Counters NOTHING_YET = new Backfill.Counters(Total.UNKNOWN, 0, 0);

  final BackfillId id;
  final BackfillKey key;
  final List<CommittedChunk> chunks = new ArrayList<>();
  final List<Transition> transitions = new ArrayList<>();
  final Map<String, QuarantinedItem> quarantine = new LinkedHashMap<>();
  BackfillStatus status = BackfillStatus.PENDING;
  long nextChunkNumber = 1;
  private long lastTransition;
  long fence;
  @Nullable String owner;
  int consecutiveFailures;
  @Nullable String lastError;
  Instant updatedAt;
  Backfill.Counters counters = NOTHING_YET;

  private final String triggerReason;
  private final Instant createdAt;
  private Cursor cursor = Cursor.START;
  private Cursor verifyCursor = Cursor.START;
  private Phase phase = Phase.HISTORY;
  private int chunkSize;
  private Decision.@Nullable Wait waiting;
  private @Nullable Instant leaseExpiresAt;
  private Duration granted = Duration.ZERO;
  private @Nullable Instant startedAt;
  private @Nullable Instant completedAt;
  private @Nullable String note;

  MemoryRow(BackfillId id, BackfillKey key, String triggerReason, Instant now) {
    this.id = id;
    this.key = key;
    this.triggerReason = triggerReason;
    this.createdAt = now;
    this.updatedAt = now;
  }

  boolean isLeased(Instant now) {
    return owner != null && leaseExpiresAt != null && isHonoured(leaseExpiresAt, now);
  }

  /**
   * Checks that a lease ends no later than it was granted for; a wrong clock has written any other.
   */
  private boolean isHonoured(Instant expiresAt, Instant now) {
    return now.isBefore(expiresAt)
        && !expiresAt.isAfter(now.plus(granted).plus(StoreTime.TOLERANCE));
  }

  /** Applies a request that a dead worker never noticed. */
  void settleRequest(Instant now) {
    BackfillStatus settled = status.resolvePending();
    if (settled != status) {
      String dead = owner == null ? "nobody" : owner;
      change(settled, Transition.Cause.SETTLE, dead, null, now);
      unhold();
    }
  }

  void grant(LeaseRequest request, Instant now) {
    fence++;
    change(
        status.afterClaim(),
        Transition.Cause.CLAIM,
        request.owner(),
        owner == null ? null : "taken over from " + owner,
        now);
    owner = request.owner();
    granted = request.timeToLive();
    leaseExpiresAt = now.plus(granted);
    waiting = null;
    startedAt = startedAt == null ? now : startedAt;
  }

  private void change(
      BackfillStatus to,
      Transition.Cause cause,
      String actor,
      @Nullable String reason,
      Instant now) {
    transitions.add(new Transition(++lastTransition, status, to, cause, actor, reason, fence, now));
    status = to;
    updatedAt = now;
  }

  void renew(Lease lease, Instant now) {
    leaseExpiresAt = now.plus(lease.timeToLive());
    updatedAt = now;
  }

  void commit(Lease lease, ChunkCommit<?> commit, SinkCounts counts, Instant now) {
    int before = quarantine.size();
    quarantine.keySet().removeAll(commit.storedKeys());
    int remaining = before - quarantine.size();
    commit
        .rejectedOnce()
        .forEach(item -> quarantine.merge(item.key(), first(item, now), MemoryRow::again));
    int entered = quarantine.size() - (before - remaining);
    chunks.add(
        new CommittedChunk(
            commit.number(),
            commit.attemptId(),
            commit.chunk().items().size(),
            counts.inserted(),
            counts.updated(),
            commit.chunk().rejected().size(),
            commit.before(),
            commit.chunk().next(),
            commit.decision().chunkSize(),
            commit.decision().reason(),
            commit.decision().basis(),
            commit.chunk().quotaSpent(),
            commit.quotaRemaining(),
            commit.active(),
            commit.startedAt(),
            lease.owner(),
            lease.fence(),
            now));
    phase = commit.chunk().phase();
    if (phase == Phase.VERIFY) {
      verifyCursor = commit.chunk().next();
    } else {
      cursor = commit.chunk().next();
    }
    counters = counters.after(commit, counts, entered, remaining);
    chunkSize = commit.decision().chunkSize();
    nextChunkNumber++;
    consecutiveFailures = 0;
    lastError = null;
    renew(lease, now);
  }

  private static QuarantinedItem first(RejectedItem item, Instant now) {
    RejectedItem kept = new RejectedItem(item.key(), item.error(), item.payload());
    return new QuarantinedItem(kept, 1, now, now);
  }

  private static QuarantinedItem again(QuarantinedItem before, QuarantinedItem latest) {
    return new QuarantinedItem(
        latest.item(), before.attempts() + 1, before.firstSeenAt(), latest.lastSeenAt());
  }

  void rewind(Instant now) {
    cursor = Cursor.START;
    verifyCursor = Cursor.START;
    phase = Phase.HISTORY;
    counters = NOTHING_YET;
    quarantine.clear();
    completedAt = null;
    note = null;
    updatedAt = now;
  }

  /**
   * Removes, or counts, old rows: transitions of backfills that no user stopped, and old chunks.
   */
  Pruned prune(Instant moment, int limit, boolean remove) {
    boolean stopped = !status.isClaimable();
    List<Transition> oldTransitions =
        transitions.stream()
            .filter(each -> !stopped && !each.at().isAfter(moment))
            .limit(limit)
            .toList();
    List<CommittedChunk> oldChunks =
        chunks.stream()
            .filter(each -> status.isCompleted())
            .filter(each -> each.number() < nextChunkNumber - ProgressStore.NEWEST_CHUNKS)
            .filter(each -> !each.committedAt().isAfter(moment))
            .limit(limit)
            .toList();
    if (remove) {
      transitions.removeAll(oldTransitions);
      chunks.removeAll(oldChunks);
    }
    return new Pruned(0, oldTransitions.size(), oldChunks.size(), 0);
  }

  /** Removes the transitions of a run that found nothing new in a completed backfill. */
  private boolean forgetQuietRun(LeaseRelease release, BackfillStatus remaining) {
    Transition latest = transitions.isEmpty() ? null : transitions.get(transitions.size() - 1);
    boolean quiet =
        remaining.isCompleted()
            && release.error() == null
            && latest != null
            && latest.fence() == fence
            && latest.cause() == Transition.Cause.CLAIM
            && latest.from() == remaining
            && latest.reason() == null
            && chunks.stream()
                .filter(each -> each.fence() == fence)
                .allMatch(each -> each.items() + each.quarantined() == 0);
    if (quiet) {
      transitions.remove(latest);
    }
    return quiet;
  }

  void release(LeaseRelease release, Instant now) {
    BackfillStatus remaining = status.afterRelease(release.status());
    waiting = remaining == BackfillStatus.WAITING ? release.waiting() : null;
    if (forgetQuietRun(release, remaining)) {
      status = remaining;
      updatedAt = now;
    } else {
      change(
          remaining,
          Transition.Cause.RELEASE,
          owner == null ? "nobody" : owner,
          release.error() == null && waiting != null ? waiting.reason() : release.error(),
          now);
    }
    if (release.error() != null) {
      consecutiveFailures++;
      lastError = release.error();
    }
    if (status.isCompleted()) {
      consecutiveFailures = 0;
      lastError = null;
      completedAt = now;
      note = release.note();
      verifyCursor = Cursor.START;
      counters = release.counted() == null ? counters : counters.counted(release.counted());
    }
    unhold();
  }

  private void unhold() {
    owner = null;
    leaseExpiresAt = null;
  }

  void control(Control control, RequestedBy by, Instant now) {
    boolean leased = isLeased(now);
    BackfillStatus after = status.after(control, leased);
    if (after != status) {
      change(after, Transition.Cause.of(control), by.actor(), by.reason(), now);
      waiting = null;
      if (!leased) {
        unhold();
      }
    }
  }

  /** Starts the history again, unless a worker holds an unexpired lease. */
  boolean reload(RequestedBy by, Instant now) {
    if (isLeased(now)) {
      return false;
    }
    change(BackfillStatus.PENDING, Transition.Cause.RESUME, by.actor(), by.reason(), now);
    rewind(now);
    fence++;
    waiting = null;
    consecutiveFailures = 0;
    lastError = null;
    unhold();
    return true;
  }

  /** Checks if a worker that has the row's source may begin with it now. */
  boolean isDue(Instant now) {
    return switch (status) {
      case PENDING -> !isLeased(now);
      case WAITING -> !isLeased(now) && !isWaiting(now);
      case RUNNING -> !isLeased(now);
      default -> false;
    };
  }

  private boolean isWaiting(Instant now) {
    Instant until = snapshot(now).waitsUntil();
    return until != null && now.isBefore(until);
  }

  Backfill snapshot(Instant now) {
    return Backfill.builder(id, key, triggerReason, createdAt)
        .status(status)
        .phase(phase)
        .waiting(waiting)
        .consecutiveFailures(consecutiveFailures)
        .lastError(lastError)
        .note(note)
        .cursor(cursor)
        .nextChunkNumber(nextChunkNumber)
        .chunkSize(chunkSize)
        .verifyCursor(verifyCursor)
        .counters(counters)
        .lease(owner, leaseExpiresAt, leaseExpiresAt != null && !isHonoured(leaseExpiresAt, now))
        .startedAt(startedAt)
        .updatedAt(updatedAt)
        .completedAt(completedAt)
        .build();
  }
}
