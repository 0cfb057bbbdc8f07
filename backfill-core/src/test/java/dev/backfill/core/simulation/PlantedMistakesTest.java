package dev.backfill.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The simulation finds mistakes that are planted in what it runs. */
class PlantedMistakesTest extends SilentTest {

  private static final int SEEDS = 400;

  @Test
  void aStoreThatDoesNotCheckTheFenceIsFound() {
    assertFound(
        FaultInjector.NONE.withStore(store -> new Unfenced(store, false)),
        "only the newest fence commits");
  }

  @Test
  void aStoreThatDoesNotKnowAttemptsIsFound() {
    assertFound(FaultInjector.NONE.withStore(Forgetful::new), "an attempt is stored once");
  }

  @Test
  void aStoreThatDoesNotCheckNumbersIsFound() {
    assertFound(
        FaultInjector.NONE.withStore(store -> new Unfenced(store, true)),
        "chunk numbers are unique and gap-free");
  }

  @Test
  void aStoreThatGrantsALeaseThatIsHeldIsFound() {
    assertFound(FaultInjector.NONE.withStore(Generous::new), "one worker holds the lease");
  }

  @Test
  void aStoreThatKeepsStoredItemsInQuarantineIsFound() {
    assertFound(FaultInjector.NONE.withStore(Hoarding::new), "in quarantine");
  }

  @Test
  void aSinkInWhichOlderReplacesNewerIsFound() {
    assertFound(
        FaultInjector.NONE.withTable(
            () ->
                new InMemoryTable() {
                  @Override
                  boolean replaces(long version, long before) {
                    return true;
                  }
                }),
        "an older copy never overwrites a newer one");
  }

  @Test
  void aSourceWhoseCursorSkipsAnItemOfTheHistoryIsFound() {
    assertFound(
        FaultInjector.NONE.withSources(
            (world, gate, level) ->
                new SimulatedSource(world, gate, level) {
                  @Override
                  Place behind(Place place, List<World.Row> page) {
                    Place behind = super.behind(place, page);
                    return behind.isHistory() ? behind.skipping() : behind;
                  }
                }),
        "the cursor passes no item that is neither stored nor in quarantine");
  }

  @Test
  void aSourceThatSkipsAChangedItemIsFound() {
    assertFound(
        FaultInjector.NONE.withSources(
            (world, gate, level) ->
                new SimulatedSource(world, gate, level) {
                  @Override
                  Place behind(Place place, List<World.Row> page) {
                    Place behind = super.behind(place, page);
                    return behind.isHistory() ? behind : behind.skippingChanges();
                  }
                }),
        "every item is stored in its newest version or in quarantine");
  }

  private static void assertFound(FaultInjector injector, String rule) {
    for (long seed = 0; seed < SEEDS; seed++) {
      try {
        Simulation.run(seed, injector);
      } catch (AssertionError e) {
        if (String.valueOf(e.getMessage()).lines().findFirst().orElse("").contains(rule)) {
          assertThat(e.getMessage())
              .contains("-Dbackfill.simulation.seed=" + seed)
              .contains("What happened last");
          return;
        }
      }
    }
    fail("not found in %d seeds: %s", SEEDS, rule);
  }

  /** Stores what any holder of any lease brings; where asked, under any number too. */
  private static final class Unfenced extends DelegatingStore {

    private final boolean unnumbered;
    private final Map<Long, Long> numbers = new HashMap<>();
    private Lease newest = new Lease(new BackfillId(1), 0, "", java.time.Duration.ZERO);

    Unfenced(ProgressStore next, boolean unnumbered) {
      super(next);
      this.unnumbered = unnumbered;
    }

    @Override
    public Claim claim(BackfillId id, LeaseRequest request) {
      Claim claim = next.claim(id, request);
      if (claim.isGranted()) {
        newest = claim.lease();
      }
      return claim;
    }

    @Override
    public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
      if (!unnumbered) {
        return next.commit(newest, commit, sink);
      }
      Backfill place = next.get(lease.backfill());
      numbers.put(place.nextChunkNumber(), commit.number());
      return next.commit(newest, with(commit, place, commit.attemptId()), sink);
    }

    @Override
    public List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit) {
      return next.chunks(id, fromNumber, limit).stream()
          .map(
              chunk ->
                  new CommittedChunk(
                      numbers.getOrDefault(chunk.number(), chunk.number()),
                      chunk.attemptId(),
                      chunk.items(),
                      chunk.inserted(),
                      chunk.updated(),
                      chunk.quarantined(),
                      chunk.before(),
                      chunk.after(),
                      chunk.requestedSize(),
                      chunk.sizeReason(),
                      chunk.sizeBasis(),
                      chunk.quotaSpent(),
                      chunk.quotaRemaining(),
                      chunk.active(),
                      chunk.startedAt(),
                      chunk.worker(),
                      chunk.fence(),
                      chunk.committedAt()))
          .toList();
    }
  }

  /** Takes each commit for a new one. */
  private static final class Forgetful extends DelegatingStore {

    private long attempts;

    Forgetful(ProgressStore next) {
      super(next);
    }

    @Override
    public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
      Backfill place = next.get(lease.backfill());
      return next.commit(lease, with(commit, place, new UUID(0, ++attempts)), sink);
    }
  }

  /** Takes each holder for dead. */
  private static final class Generous extends DelegatingStore {

    Generous(ProgressStore next) {
      super(next);
    }

    @Override
    public Claim claim(BackfillId id, LeaseRequest request) {
      Claim claim = next.claim(id, request);
      return claim.isHeld() && claim.backfill().holder() != null
          ? next.claim(id, request.replacing(claim.backfill().holder()))
          : claim;
    }
  }

  /** Lets nothing out of the quarantine. */
  private static final class Hoarding extends DelegatingStore {

    Hoarding(ProgressStore next) {
      super(next);
    }

    @Override
    public <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink) {
      return next.commit(lease, commit.withItemKeys(List.of()), sink);
    }
  }

  private static <T> ChunkCommit<T> with(ChunkCommit<T> commit, Backfill place, UUID attempt) {
    return commit.withPlace(place.nextChunkNumber(), place.cursor()).withAttemptId(attempt);
  }
}
