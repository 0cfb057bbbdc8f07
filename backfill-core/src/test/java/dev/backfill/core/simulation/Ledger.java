package dev.backfill.core.simulation;

import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.SinkCounts;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * What the store must hold by now, kept by rules of its own beside it, and what may not happen. It
 * sees each grant and each commit at the moment it takes effect.
 */
final class Ledger {

  private final World world;
  private final InMemoryTable table;
  private final Set<UUID> attempts = new HashSet<>();
  private final Set<String> quarantine = new TreeSet<>();
  private Cursor cursor = Cursor.START;
  private long newestFence;
  private long heldFence;
  private long chunks;
  private long processed;
  private int commitsSinceRequest;
  private final Set<String> passed = new HashSet<>();

  Ledger(World world, InMemoryTable table) {
    this.world = world;
    this.table = table;
  }

  /** The fence of the lease that nobody has taken from its holder; 0 for none. */
  long heldFence() {
    return heldFence;
  }

  /** A person's request was carried out for a holder whose lease had expired. */
  void unheld() {
    heldFence = 0;
  }

  long chunks() {
    return chunks;
  }

  void granted(Claim granted) {
    long fence = granted.lease().fence();
    if (fence <= newestFence) {
      throw new Violation("each grant raises the fence", fence + " after " + newestFence);
    }
    newestFence = fence;
    heldFence = fence;
    Backfill backfill = granted.backfill();
    require("a holder begins where the last commit ended", cursor, backfill.cursor());
    require("chunk numbers are gap-free", chunks + 1, backfill.nextChunkNumber());
  }

  void rewound(Backfill after) {
    cursor = Cursor.START;
    processed = 0;
    quarantine.clear();
    passed.clear();
    require("a rewind leads to the start", cursor, after.cursor());
    require("a rewind forgets what was counted", 0L, after.counters().processed());
  }

  void foundAgain(ChunkCommit<?> commit) {
    if (!attempts.contains(commit.attemptId())) {
      throw new Violation(
          "a commit that is answered is stored", "chunk " + commit.number() + " is not");
    }
  }

  void committed(
      Lease lease,
      ChunkCommit<World.Row> commit,
      CommittedChunk stored,
      SinkCounts counts,
      Backfill after) {
    if (!attempts.add(commit.attemptId())) {
      throw new Violation("an attempt is stored once", "chunk " + commit.number() + " was twice");
    }
    require("chunk numbers are unique and gap-free", ++chunks, stored.number());
    if (lease.fence() != newestFence) {
      throw new Violation(
          "only the newest fence commits",
          lease.owner() + " committed with " + lease.fence() + ", not " + newestFence);
    }
    checkCursor(commit, after);
    if (!after.status().isClaimable() && ++commitsSinceRequest > 1) {
      throw new Violation(
          "a person's request takes effect at the next chunk",
          "chunk " + stored.number() + " is the second one since");
    }
    count(commit, counts);
    require("the counters say what was processed", processed, after.counters().processed());
    require(
        "the counters say how much is in quarantine",
        (long) quarantine.size(),
        after.counters().quarantined());
    Total total = after.counters().total();
    if (total.isKnown() && total.count() < processed) {
      throw new Violation("the total covers what was processed", total + " and " + processed);
    }
    Place place = Place.of(cursor, 0);
    if (place.isHistory()) {
      checkNothingWasPassed(place);
    }
  }

  private void checkCursor(ChunkCommit<World.Row> commit, Backfill after) {
    require("a chunk begins where the one before ended", cursor, commit.before());
    Cursor next = commit.chunk().next();
    if (commit.chunk().phase() == Phase.RETRY) {
      require("a retry does not move the cursor", cursor, next);
    } else if (Place.of(next, 0).compareTo(Place.of(cursor, 0)) < 0 && !cursor.isStart()) {
      throw new Violation("the cursor goes forward", cursor + " to " + next);
    }
    cursor = next;
    require("the cursor moves with the commit", cursor, after.cursor());
  }

  private void count(ChunkCommit<World.Row> commit, SinkCounts counts) {
    int before = quarantine.size();
    Set<String> rejected = new HashSet<>();
    commit.chunk().rejected().forEach(item -> rejected.add(item.key()));
    for (World.Row item : commit.chunk().items()) {
      if (!rejected.contains("" + item.key())) {
        quarantine.remove("" + item.key());
      }
    }
    commit.chunk().items().forEach(item -> passed.add("" + item.key()));
    commit.chunk().rejected().forEach(item -> passed.add(item.key()));
    int remaining = before - quarantine.size();
    quarantine.addAll(rejected);
    int entered = quarantine.size() - (before - remaining);
    processed +=
        commit.chunk().phase().readsAgain()
            ? Math.max(0, counts.inserted() - remaining) + entered
            : commit.chunk().size();
  }

  private void checkNothingWasPassed(Place place) {
    for (int key : world.rows.headMap(place.lastKey(), true).keySet()) {
      if (!table.versions.containsKey(key) && !quarantine.contains("" + key)) {
        throw new Violation(
            "the cursor passes no item that is neither stored nor in quarantine", "item " + key);
      }
    }
  }

  /** A person has asked for something. */
  void requested() {
    commitsSinceRequest = 0;
  }

  /** By how much the counter is above the items that were passed since the start. */
  long countedTooMany() {
    return processed - passed.size();
  }

  void quarantineIs(Set<String> stored) {
    require("what was rejected and not stored since is in quarantine", quarantine, stored);
  }

  /** The world has not changed since a run that ended as done began. */
  void complete() {
    for (World.Row row : world.rows.values()) {
      Long version = table.versions.get(row.key());
      if ((version == null || version != row.version()) && !quarantine.contains("" + row.key())) {
        throw new Violation(
            "every item is stored in its newest version or in quarantine",
            row + " is stored as " + version);
      }
    }
  }

  private static void require(String rule, Object expected, Object actual) {
    if (!expected.equals(actual)) {
      throw new Violation(rule, "expected " + expected + ", found " + actual);
    }
  }
}
