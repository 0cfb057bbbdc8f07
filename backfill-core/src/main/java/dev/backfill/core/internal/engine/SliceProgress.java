package dev.backfill.core.internal.engine;

import dev.backfill.api.event.Eta;
import dev.backfill.api.event.Progress;
import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.core.internal.ProgressMeter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where a slice is in its history: cursor, numbers and rate. Changes only after a commit. */
final class SliceProgress {

  /** Enough halves for one item, and room for what is known of chunks that worked. */
  private static final int MAX_FAILURES_BEFORE = PolicyInput.MAX_RECENT / 2;

  private final ProgressMeter meter = new ProgressMeter();
  private final Deque<ChunkSample> recent = new ArrayDeque<>();
  private Cursor cursor;
  private long nextChunkNumber;
  private Backfill.Counters counters;
  private Phase phase;
  private @Nullable Quota quota;
  private Duration lost = Duration.ZERO;

  /** Where a slice begins that does what the backfill did before. */
  SliceProgress(Backfill backfill) {
    this(backfill, historyUnlessCatchingUp(backfill.state().phase()));
  }

  /** Where a slice begins that is in this phase. */
  SliceProgress(Backfill backfill, Phase phase) {
    cursor = backfill.position().cursor();
    nextChunkNumber = backfill.position().nextChunkNumber();
    counters = backfill.counters();
    this.phase = phase;
  }

  /** Goes on from here with the place of the verification, and back at its end. */
  SliceProgress verifying(Cursor from) {
    return new SliceProgress(this, from);
  }

  private SliceProgress(SliceProgress history, Cursor from) {
    cursor = from;
    nextChunkNumber = history.nextChunkNumber;
    counters = history.counters;
    phase = Phase.VERIFY;
    quota = history.quota;
    rememberAll(List.copyOf(history.recent));
  }

  /** A retry that ended long ago says nothing about the slice that begins. */
  private static Phase historyUnlessCatchingUp(Phase stored) {
    return stored == Phase.CATCH_UP ? stored : Phase.HISTORY;
  }

  /**
   * What to store as the total of a history: never less than what was processed, and exact at the
   * end.
   */
  Total totalAfter(Chunk<?> chunk, Total stated) {
    long after = counters.processed() + chunk.size();
    if (chunk.last()) {
      return Total.exact(after);
    }
    Total known = stated.isKnown() ? stated : counters.total();
    return known.isKnown() && known.count() < after ? Total.estimate(after) : known;
  }

  /** What chunks cost before this slice. */
  void rememberAll(List<ChunkSample> samples) {
    samples.forEach(this::remember);
  }

  void committed(
      Chunk<?> chunk, Decision.Proceed requested, Backfill.Counters after, Duration active) {
    remember(
        new ChunkSample(
            requested.chunkSize(),
            chunk.size(),
            active.minus(lost),
            chunk.quotaSpent(),
            chunk.bytes(),
            false,
            requested.basis()));
    lost = Duration.ZERO;
    cursor = chunk.next();
    nextChunkNumber++;
    counters = after;
    phase = chunk.phase();
    meter.add(chunk.size(), active, chunk.quotaSpent());
  }

  /** The source could not bring a chunk of this size; no size is to blame for the time of that. */
  void failed(Decision.Proceed requested, Duration worked) {
    lost = worked;
    remember(ChunkSample.failed(requested.chunkSize(), requested.basis()));
  }

  /**
   * Attempts failed before this slice, after the last chunk. They are not stored with their sizes:
   * the policy wants the same again, and is told that it failed, so that the slice begins with what
   * they led to.
   */
  void failedBefore(int attempts, Supplier<Decision> decision) {
    for (int i = 0; i < Math.min(attempts, MAX_FAILURES_BEFORE); i++) {
      if (decision.get() instanceof Decision.Proceed selected && selected.chunkSize() > 1) {
        failed(selected, Duration.ZERO);
      }
    }
  }

  private void remember(ChunkSample sample) {
    if (recent.size() == PolicyInput.MAX_RECENT) {
      recent.removeFirst();
    }
    recent.addLast(sample);
  }

  PolicyInput policyInput(Instant now) {
    return new PolicyInput(now, quota, counters.total(), meter.quotaPerItem(), List.copyOf(recent));
  }

  /** How a chunk that this decision asked for was sized, and what it cost. */
  ChunkCommit.Measures measures(
      Decision.Proceed requested, String reading, long spent, Duration active, Instant startedAt) {
    return new ChunkCommit.Measures(
        requested.chunkSize(),
        reading.isEmpty() ? requested.reason() : requested.reason() + "; " + reading,
        spent,
        quota == null ? null : quota.remaining(),
        active,
        startedAt,
        requested.basis());
  }

  void quota(@Nullable Quota latest) {
    quota = latest;
  }

  @Nullable Quota quota() {
    return quota;
  }

  Cursor cursor() {
    return cursor;
  }

  long nextChunkNumber() {
    return nextChunkNumber;
  }

  Backfill.Counters counters() {
    return counters;
  }

  /** What was counted replaces what was added up. */
  void counted(Backfill.Counters found) {
    counters = found;
  }

  /** Whether the history was read to its end before the last chunk. */
  boolean isPastHistory() {
    return phase == Phase.CATCH_UP || phase == Phase.VERIFY;
  }

  long quarantined() {
    return counters.quarantined();
  }

  Total total() {
    return counters.total();
  }

  Progress progress() {
    return progress(
        phase.readsAgain()
            ? new Eta.UnknownTotal()
            : meter.eta(counters.processed(), counters.total()));
  }

  Progress progress(Eta eta) {
    return new Progress(
        counters.processed(),
        counters.quarantined(),
        counters.total(),
        meter.itemsPerSecond(),
        eta,
        quota,
        phase);
  }
}
