package dev.backfill.testkit.github;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What a test has changed in things that are there. Safe for any number of threads. */
final class ItemChanges {

  /**
   * What changes have made of one thing.
   *
   * @param revision how often its text was changed
   * @param updatedAt when it was changed last
   */
  record ItemChange(int revision, Instant updatedAt) {

    /** A text in its newest version. */
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
   * Changes a thing now, or a second after its last change where that is later.
   *
   * @param before when it was changed last
   * @param edits whether its text is another one
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

  /** How many changes there were. */
  long changes() {
    return changes.get();
  }
}
