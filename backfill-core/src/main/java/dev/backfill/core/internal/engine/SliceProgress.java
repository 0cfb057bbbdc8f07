package dev.backfill.core.internal.engine;

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
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.core.internal.ProgressMeter;
import dev.backfill.core.run.SliceResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Progress of a slice: its place in the history, its counts and its rate. The cursor moves only
 * after a commit.
 */
final class SliceProgress {

  /** Enough halvings to reach one item, with room for the chunks that worked. */
  private static final int MAX_FAILURES_BEFORE = PolicyInput.MAX_RECENT / 2;

  private ProgressMeter meter = new ProgressMeter();
  private final Deque<ChunkSample> recent = new ArrayDeque<>();
  private Backfill backfill;
  private Cursor cursor;
  private long nextChunkNumber;
  private Backfill.Counters counters;
  private Phase phase;
  private SliceResult.Counts counts = SliceResult.Counts.NONE;
  private String readMode = "";
  private @Nullable Quota quota;
  private Duration lost = Duration.ZERO;

  /** Creates the progress of a slice that continues a history. */
  SliceProgress(Backfill backfill) {
    this(backfill, historyOrCatchUp(backfill));
  }

  /** Creates the progress of a slice that begins in this phase. */
  SliceProgress(Backfill backfill, Phase phase) {
    this.backfill = backfill;
    this.cursor = backfill.cursor();
    this.nextChunkNumber = backfill.nextChunkNumber();
    this.counters = backfill.counters();
    this.phase = phase;
  }

  /** Continues at the start of a history, before the first chunk of the slice. */
  void rewound(Backfill atItsStart) {
    backfill = atItsStart;
    cursor = atItsStart.cursor();
    nextChunkNumber = atItsStart.nextChunkNumber();
    counters = atItsStart.counters();
    phase = historyOrCatchUp(atItsStart);
  }

  /** Continues at the place of the verification, with a rate of its own. */
  void beginVerification() {
    meter = new ProgressMeter();
    cursor = backfill.verifyCursor();
    phase = Phase.VERIFY;
    lost = Duration.ZERO;
  }

  /**
   * Returns the phase in which a history continues. The phase of an earlier retry has no effect.
   */
  static Phase historyOrCatchUp(Backfill backfill) {
    Phase stored = backfill.phase();
    return stored == Phase.CATCH_UP ? stored : Phase.HISTORY;
  }

  /**
   * Returns the total of the history to store: at least the processed items, and exact at the end.
   */
  Total totalAfter(Chunk<?> chunk, Total stated) {
    long after = counters.processed() + chunk.size();
    if (chunk.last()) {
      return Total.exact(after);
    }
    Total known = stated.isKnown() ? stated : counters.total();
    return known.isKnown() && known.count() < after ? Total.estimate(after) : known;
  }

  /** Takes over the costs of chunks that were committed before this slice. */
  void rememberAll(List<CommittedChunk> chunks) {
    chunks.stream().map(SliceProgress::sample).forEach(this::remember);
  }

  private static ChunkSample sample(CommittedChunk chunk) {
    return new ChunkSample(
        chunk.requestedSize(),
        chunk.items() + chunk.quarantined(),
        chunk.active(),
        chunk.quotaSpent(),
        0,
        false,
        chunk.sizeBasis());
  }

  /** Moves behind a chunk that was committed. */
  void committed(Chunk<?> chunk, Decision.Proceed requested, CommitResult result, Duration active) {
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
    counters = result.counters();
    counts = counts.plus(counts(chunk, result.counts()));
    phase = chunk.phase();
    meter.add(chunk.size(), active, chunk.quotaSpent());
  }

  private static SliceResult.Counts counts(Chunk<?> chunk, SinkCounts sink) {
    return new SliceResult.Counts(
        1,
        chunk.items().size(),
        sink.inserted(),
        sink.updated(),
        chunk.rejected().size(),
        chunk.quotaSpent());
  }

  /** Counts the cost of a chunk that has nothing to commit. */
  void passed(Chunk<?> chunk) {
    counts = counts.plus(new SliceResult.Counts(0, 0, 0, 0, 0, chunk.quotaSpent()));
  }

  /** Remembers that the source failed to fetch a chunk. The time of that counts for no size. */
  void failed(Decision.Proceed requested, Duration worked) {
    lost = worked;
    remember(ChunkSample.failed(requested.chunkSize(), requested.basis()));
  }

  /**
   * Repeats the attempts that failed before this slice, after the last chunk, for the policy. Their
   * sizes are not stored: the policy decides again and learns that its decision failed. So the
   * slice begins with the size to which the failures have led.
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

  /** Returns a decision as it is stored with its chunk: its reason contains the read mode. */
  Decision.Proceed stored(Decision.Proceed requested) {
    return readMode.isEmpty()
        ? requested
        : new Decision.Proceed(
            requested.chunkSize(),
            requested.reserve(),
            requested.reason() + "; " + readMode,
            requested.basis());
  }

  void quota(@Nullable Quota latest) {
    quota = latest;
  }

  @Nullable Quota quota() {
    return quota;
  }

  void readMode(String latest) {
    readMode = latest;
  }

  String readMode() {
    return readMode;
  }

  /** Returns the backfill as it was claimed, or rewound after that. */
  Backfill backfill() {
    return backfill;
  }

  /** Returns what the slice has committed. */
  SliceResult.Counts counts() {
    return counts;
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

  /** Replaces the sums by what was counted. */
  void counted(Backfill.Counters found) {
    counters = found;
  }

  /** Returns whether the history was read to its end before the last chunk. */
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
    return new Progress(
        counters.processed(),
        counters.quarantined(),
        counters.total(),
        meter.itemsPerSecond(),
        phase.readsAgain() ? null : meter.remaining(counters.processed(), counters.total()),
        null,
        false,
        quota,
        phase);
  }
}
