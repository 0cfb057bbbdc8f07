package dev.backfill.github.internal.pull;

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
record Outcomes<T>(
    List<T> items, List<RejectedItem> rejected, long bytes, @Nullable Slot<T> lastGood) {

  static <T> Outcomes<T> of(List<Slot<T>> slots) {
    List<T> items = new ArrayList<>();
    List<RejectedItem> rejected = new ArrayList<>();
    long bytes = 0;
    Slot<T> lastGood = null;
    for (Slot<T> slot : slots) {
      ParsedItem<T> outcome = slot.outcome();
      if (outcome != null && outcome.rejected() != null) {
        rejected.add(outcome.rejected());
      }
      if (outcome != null && outcome.item() != null) {
        items.add(outcome.item());
        lastGood = outcome.rejected() == null ? slot : lastGood;
      }
      bytes += slot.bytes();
    }
    return new Outcomes<>(items, rejected, bytes, lastGood);
  }
}
