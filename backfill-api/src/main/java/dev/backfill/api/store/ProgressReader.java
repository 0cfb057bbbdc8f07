package dev.backfill.api.store;

import dev.backfill.api.source.Total;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A view of a store's backfills. Needs no lease, blocks no worker, changes nothing.
 *
 * <p><b>Contract.</b> Safe for any number of threads. <i>Blocking:</i> yes, on the database.
 * <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} if the store cannot be
 * reached, {@link dev.backfill.api.failure.PermanentFailureException} if it refuses.
 */
public interface ProgressReader {

  /** The number of rows that a default method reads at once. */
  int PAGE = 500;

  /**
   * Finds a backfill by its key.
   *
   * @param key source and target
   * @return the backfill, or empty if it was never registered
   */
  Optional<Backfill> find(BackfillKey key);

  /**
   * Reads a backfill.
   *
   * @param id its number
   * @return the backfill
   * @throws IllegalArgumentException if the store has none with this number
   */
  Backfill get(BackfillId id);

  /**
   * Lists all backfills.
   *
   * @return the backfills by target, then source; not modifiable
   */
  List<Backfill> list();

  /**
   * Lists committed chunks in order.
   *
   * @param id the backfill
   * @param fromNumber the first number; at least 1
   * @param limit the max number of chunks; at least 1
   * @return the chunks by number; not modifiable
   */
  List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit);

  /**
   * Lists the latest chunks of the most similar backfill, so that a policy need not begin without
   * data. That is another backfill of the same source that has chunks. The store chooses the one
   * whose total is nearest by its logarithm. If this one's total, or theirs, is not known, it
   * chooses the one that a worker worked on last.
   *
   * @param id the backfill
   * @param total the number of items of its history, as far as known
   * @param limit the max number of chunks; at least 1
   * @return the chunks by number; not modifiable, and empty if there is no such backfill or the
   *     store does not search for one
   */
  default List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return List.of();
  }

  /**
   * Lists items in quarantine.
   *
   * @param id the backfill
   * @param limit the max number of items; at least 1
   * @return the items by the time at which they were first rejected, then by key; not modifiable
   */
  List<QuarantinedItem> quarantined(BackfillId id, int limit);

  /**
   * Lists items in quarantine a page at a time. The order stays the same while items are added and
   * removed.
   *
   * @param id the backfill
   * @param afterKey the last key of the page before; empty for the first page
   * @param limit the max number of items; at least 1
   * @return the items whose keys follow that one, by key, in the store's own order; not modifiable,
   *     and empty if there are no more
   */
  List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit);

  /**
   * Lists the transitions of a backfill, oldest first.
   *
   * @param id the backfill
   * @param afterSequence the last number of the page before; 0 for the first page
   * @param limit the max number of transitions; at least 1
   * @return the transitions by {@link Transition#sequence()}; not modifiable
   */
  List<Transition> transitions(BackfillId id, long afterSequence, int limit);

  /**
   * Lists the latest transitions of a backfill, newest first. By default reads all transitions, a
   * page at a time; a store that can reads no others.
   *
   * @param id the backfill
   * @param limit the max number of transitions; at least 1
   * @return the transitions, newest first; not modifiable
   */
  default List<Transition> latestTransitions(BackfillId id, int limit) {
    Deque<Transition> latest = new ArrayDeque<>();
    List<Transition> page = transitions(id, 0, PAGE);
    while (!page.isEmpty()) {
      for (Transition each : page) {
        latest.addFirst(each);
        if (latest.size() > limit) {
          latest.removeLast();
        }
      }
      page = transitions(id, page.get(page.size() - 1).sequence(), PAGE);
    }
    return List.copyOf(latest);
  }
}
