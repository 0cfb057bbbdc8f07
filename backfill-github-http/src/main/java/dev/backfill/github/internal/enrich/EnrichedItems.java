package dev.backfill.github.internal.enrich;

import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The results of enriching the items of a chunk.
 *
 * @param items the items that are whole or known in part, in order
 * @param rejected the other ones, in order
 * @param bytes the size of all texts that they were read from
 * @param lastGood the last whole item, or null
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
