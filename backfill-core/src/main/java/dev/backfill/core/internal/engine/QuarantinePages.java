package dev.backfill.core.internal.engine;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.QuarantinedItem;
import java.util.List;
import java.util.Set;

/**
 * Pages of a quarantine that several slices share. Each slice continues behind the last page that
 * was stored as a whole. So items that stay in quarantine are read once.
 */
public final class QuarantinePages {

  /** Items of a page: as many as a chunk has by default, and few to read again after a stop. */
  private static final int PAGE = 50;

  private final Set<String> selected;
  private String passed = "";
  private String ahead = "";

  /** Creates the pages of the items with these keys, or of all items if there are no keys. */
  public QuarantinePages(Set<String> selected) {
    this.selected = Set.copyOf(selected);
  }

  /** Returns the keys of the next page; empty if there are no more. */
  List<String> next(ProgressStore store, BackfillId id) {
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

  /** Moves behind the last page, after its items were stored or rejected again. */
  void pass() {
    passed = ahead;
  }
}
