package dev.backfill.core.internal.engine;

import dev.backfill.api.policy.ChunkSample;
import dev.backfill.api.policy.PolicyInput;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.ProgressReader;
import java.util.List;

/**
 * What chunks of a backfill cost in earlier slices, or those of a similar one while it has none.
 *
 * @param total how many items the source says there are
 */
record ChunkHistory(ProgressReader store, Backfill backfill, Total total) {

  List<ChunkSample> samples() {
    long next = backfill.position().nextChunkNumber();
    List<CommittedChunk> chunks =
        next > 1
            ? store.chunks(
                backfill.id(), Math.max(1, next - PolicyInput.MAX_RECENT), PolicyInput.MAX_RECENT)
            : store.similarChunks(
                backfill.id(),
                total.isKnown() ? total : backfill.counters().total(),
                PolicyInput.MAX_RECENT);
    return chunks.stream().map(ChunkHistory::sample).toList();
  }

  private static ChunkSample sample(CommittedChunk chunk) {
    return new ChunkSample(
        chunk.measures().requestedSize(),
        chunk.counts().items() + chunk.counts().quarantined(),
        chunk.measures().active(),
        chunk.measures().quotaSpent(),
        0,
        false,
        chunk.measures().sizeBasis());
  }
}
