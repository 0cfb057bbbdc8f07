package dev.backfill.core.internal.engine;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressReader;
import dev.backfill.api.store.QuarantinedItem;
import java.util.List;
import java.util.Set;

/**
 * A way through a quarantine, a page at a time, that several slices can share: each goes on behind
 * the last page that was stored as a whole, so that items which stay in quarantine are not read
 * again and again.
 */
public final class QuarantinePages {

  /**
   * Items read at once: a chunk by the usual rule, and few enough to be read again after a stop.
   */
  private static final int PAGE = 50;

  private final Set<String> selected;
  private String passed = "";
  private String ahead = "";

  /** Goes through the items with these keys, or through all when there are none. */
  public QuarantinePages(Set<String> selected) {
    this.selected = Set.copyOf(selected);
  }

  /** The keys of the next page; empty when there are no more. */
  List<String> next(ProgressReader store, BackfillId id) {
    ahead = passed;
    while (true) {
      List<QuarantinedItem> page = store.quarantinedAfter(id, ahead, PAGE);
      if (page.isEmpty()) {
        return List.of();
      }
      ahead = page.get(page.size() - 1).item().key();
      List<String> keys =
          page.stream()
              .map(item -> item.item().key())
              .filter(key -> selected.isEmpty() || selected.contains(key))
              .toList();
      if (!keys.isEmpty()) {
        return keys;
      }
    }
  }

  /** The items of the last page are stored, or rejected again. */
  void pass() {
    passed = ahead;
  }
}
