package dev.backfill.api.store;

import dev.backfill.api.source.Total;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * Reads what a store knows of its backfills. Needs no lease, blocks no worker, changes nothing.
 *
 * <p><b>Contract.</b> Safe for any number of threads. <i>Blocking:</i> yes, on the database.
 * <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} when the store cannot
 * be reached, {@link dev.backfill.api.failure.PermanentFailureException} when it refuses.
 */
public interface ProgressReader {

  /** The number of rows that a default method reads at once. */
  int PAGE = 500;

  /**
   * Finds a backfill by what it is about.
   *
   * @param key source and target
   * @return the backfill, or empty when it was never registered
   */
  Optional<Backfill> find(BackfillKey key);

  /**
   * Reads a backfill.
   *
   * @param id its number
   * @return the backfill
   * @throws IllegalArgumentException when the store has none with this number
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
   * @param limit the most chunks; at least 1
   * @return the chunks by number; not modifiable
   */
  List<CommittedChunk> chunks(BackfillId id, long fromNumber, int limit);

  /**
   * Lists the latest chunks of the backfill that is most like this one, so that a policy need not
   * begin from nothing: another one of the same source that has chunks, whose total is nearest by
   * its logarithm, or which was worked on last where this one's total, or theirs, is not known.
   *
   * @param id the backfill
   * @param total how many items its history has, as far as known
   * @param limit the most chunks; at least 1
   * @return the chunks by number; not modifiable, and empty when there is no such backfill or the
   *     store does not look for one
   */
  default List<CommittedChunk> similarChunks(BackfillId id, Total total, int limit) {
    return List.of();
  }

  /**
   * Lists items in quarantine.
   *
   * @param id the backfill
   * @param limit the most items; at least 1
   * @return the items by when they were first rejected, then by key; not modifiable
   */
  List<QuarantinedItem> quarantined(BackfillId id, int limit);

  /**
   * Lists items in quarantine a page at a time. The order stays the same while items come and go.
   *
   * @param id the backfill
   * @param afterKey the last key of the page before; empty for the first page
   * @param limit the most items; at least 1
   * @return the items whose keys come after that one, by key, in an order that is the store's own;
   *     not modifiable, and empty when there are no more
   */
  List<QuarantinedItem> quarantinedAfter(BackfillId id, String afterKey, int limit);

  /**
   * Lists who changed a backfill's status, when and why, oldest first.
   *
   * @param id the backfill
   * @param afterSequence the last number of the page before; 0 for the first page
   * @param limit the most transitions; at least 1
   * @return the transitions by {@link Transition#sequence()}; not modifiable
   */
  List<Transition> transitions(BackfillId id, long afterSequence, int limit);

  /**
   * Lists the latest transitions of a backfill, newest first. A store that can do so reads no
   * others; by default all of them are read, a page at a time.
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
