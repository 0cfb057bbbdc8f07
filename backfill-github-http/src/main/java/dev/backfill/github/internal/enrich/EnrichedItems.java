package dev.backfill.github.internal.enrich;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of the items of a chunk.
 *
 * @param items those that are whole, or known in part, in order
 * @param rejected those that are not, in order
 * @param bytes of the texts that all of them were read from
 * @param lastGood the last one that is whole, or null
 */
public record EnrichedItems<T>(
    List<T> items, List<RejectedItem> rejected, long bytes, @Nullable PendingItem<T> lastGood) {

  public static <T> EnrichedItems<T> of(List<PendingItem<T>> pendingItems) {
    List<T> items = new ArrayList<>();
    List<RejectedItem> rejected = new ArrayList<>();
    long bytes = 0;
    PendingItem<T> lastGood = null;
    for (PendingItem<T> pending : pendingItems) {
      ParsedItem<T> outcome = pending.outcome();
      if (outcome != null && outcome.rejected() != null) {
        rejected.add(outcome.rejected());
      }
      if (outcome != null && outcome.item() != null) {
        items.add(outcome.item());
        lastGood = outcome.rejected() == null ? pending : lastGood;
      }
      bytes += pending.bytes();
    }
    return new EnrichedItems<>(items, rejected, bytes, lastGood);
  }
}
