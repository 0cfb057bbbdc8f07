package dev.backfill.core.simulation;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.RequestedBy;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The database: each call takes effect at once, and is written down and checked as it does. */
final class RecordedStore extends DelegatingStore {

  private final History history;
  private final Ledger ledger;
  private final Coverage coverage;
  final Set<String> dead = new HashSet<>();

  RecordedStore(ProgressStore next, History history, Ledger ledger, Coverage coverage) {
    super(next);
    this.history = history;
    this.ledger = ledger;
    this.coverage = coverage;
  }

  @Override
  public Claim claim(BackfillId id, LeaseRequest request) {
    Backfill before = next.get(id);
    Claim claim = next.claim(id, request);
    if (claim.isGranted()) {
      history.add(request.owner(), "is granted fence " + claim.lease().fence());
      ledger.granted(claim);
      checkHolder(before, request);
    } else {
      logIfUnheld(before, claim.backfill());
      history.add(
          request.owner(),
          (claim.isHeld() ? "finds it held, " : "is refused, ") + claim.backfill().status());
    }
    return claim;
  }

  private void logIfUnheld(Backfill before, Backfill after) {
    if (before.holder() != null && after.holder() == null) {
      ledger.unheld();
    }
  }

  private void checkHolder(Backfill before, LeaseRequest request) {
    String holder = before.holder();
    if (!before.status().isClaimable()) {
      throw new Violation("a person's pause stays", "granted although " + before.status());
    }
    if (holder == null || holder.equals(request.owner())) {
      return;
    }
    coverage.hit(
        before.leaseExpired() ? "take-over of an expired lease" : "take-over from the dead");
    if (!before.leaseExpired() && !dead.contains(holder)) {
      throw new Violation("one worker holds the lease", holder + " holds it and lives");
    }
  }

  @Override
  @SuppressWarnings("unchecked")
  public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
    BackfillId id = lease.backfill();
    SinkCounts[] written = {SinkCounts.NONE};
    CommitResult result;
    try {
      result =
          next.commit(
              lease, commit, (items, transaction) -> written[0] = sink.write(items, transaction));
    } catch (RuntimeException e) {
      history.add(lease.owner(), "may not commit chunk " + commit.number() + ": " + e.getMessage());
      if (e instanceof LeaseLostException) {
        coverage.hit("commit of a zombie refused");
      }
      throw e;
    }
    List<CommittedChunk> stored = next.chunks(id, 1, Integer.MAX_VALUE);
    if (stored.size() == ledger.chunks()) {
      history.add(lease.owner(), "finds chunk " + commit.number() + " stored");
      coverage.hit("commit found again");
      ledger.foundAgain(commit);
      return result;
    }
    CommittedChunk latest = stored.get(stored.size() - 1);
    history.add(
        lease.owner(),
        "commits chunk "
            + latest.number()
            + " with fence "
            + lease.fence()
            + ", "
            + commit.chunk().phase()
            + ", "
            + commit.chunk().items().size()
            + " items, "
            + commit.chunk().rejected().size()
            + " rejected, to "
            + commit.chunk().next().value()
            + ", "
            + result.status());
    ledger.committed(lease, (ChunkCommit<World.Row>) commit, latest, written[0], next.get(id));
    Set<String> quarantine = new TreeSet<>();
    next.quarantined(id, Integer.MAX_VALUE).forEach(item -> quarantine.add(item.item().key()));
    ledger.quarantineIs(quarantine);
    return result;
  }

  /** What a transaction would take back is not even written. */
  @Override
  @SuppressWarnings("unchecked")
  public <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink) {
    coverage.hit("rehearsal");
    ((RecordedTable) sink).requireAccepted((List<World.Row>) items);
  }

  @Override
  public Backfill rewind(Lease lease) {
    Backfill after = next.rewind(lease);
    history.add(lease.owner(), "rewinds");
    coverage.hit("rewind");
    ledger.rewound(after);
    return after;
  }

  @Override
  public Backfill release(Lease lease, LeaseRelease release) {
    Backfill after = next.release(lease, release);
    history.add(
        lease.owner(),
        "releases fence " + lease.fence() + " as " + release.status() + ", left " + after.status());
    return after;
  }

  @Override
  public Backfill control(BackfillId id, Control control, RequestedBy by) {
    Backfill before = next.get(id);
    Backfill after = next.control(id, control, by);
    logIfUnheld(before, after);
    history.add("a person", "asks to " + control + ", left " + after.status());
    coverage.hit("a person's " + control);
    ledger.requested();
    return after;
  }
}
