package dev.backfill.testkit.github;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The changes that a test has made to existing items. Safe for any number of threads. */
final class ItemChanges {

  /**
   * The result of all changes to one item.
   *
   * @param revision the number of changes to its text
   * @param updatedAt the time of the last change
   */
  record ItemChange(int revision, Instant updatedAt) {

    /** Returns the newest version of a text. */
    String text(String original) {
      return revision == 0 ? original : original + " (edited " + revision + ")";
    }
  }

  private final Map<Long, ItemChange> byKey = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  @Nullable ItemChange of(long key) {
    return byKey.get(key);
  }

  /**
   * Changes an item now, or a second after its last change if that is later.
   *
   * @param before the time of its last change
   * @param edits true if its text changes
   */
  void touch(long key, Instant before, Instant now, boolean edits) {
    Instant at = now.truncatedTo(ChronoUnit.SECONDS);
    byKey.compute(
        key,
        (same, old) -> {
          Instant next = (old == null ? before : old.updatedAt()).plusSeconds(1);
          int revision = old == null ? 0 : old.revision();
          return new ItemChange(edits ? revision + 1 : revision, at.isAfter(next) ? at : next);
        });
    changes.incrementAndGet();
  }

  /** Returns the number of changes. */
  long changes() {
    return changes.get();
  }
}
