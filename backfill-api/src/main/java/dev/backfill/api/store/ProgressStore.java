package dev.backfill.api.store;

import dev.backfill.api.source.Total;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * The store of progress, which also grants leases and commits chunks.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, if it keeps its state outside the
 * process, any number of processes. <i>Called by</i> engines: {@link #commit} from the thread that
 * runs the slice, {@link #renew} from a timer thread beside it. Reads need no lease, block no
 * worker and change nothing; any thread may call them. <i>Blocking:</i> yes, on the database; never
 * to wait for another holder's lease to end. <i>Interrupt:</i> ignored, so that a commit is whole
 * or not at all. <i>Clock:</i> leases and time stamps use the store's own clock, never the
 * worker's. <i>Throws:</i> {@link dev.backfill.api.failure.TransientFailureException} if another
 * try of the same call may help, {@link dev.backfill.api.failure.PermanentFailureException} if it
 * does not, {@link dev.backfill.api.failure.LeaseLostException} if a newer fence exists. In each
 * case nothing was written, with one exception: if {@link #commit} fails transiently, its outcome
 * is unknown until the engine calls it again with the same attempt. <i>Closed:</i> never; a store
 * only uses what was passed to it.
 */
public interface ProgressStore {

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

  /**
   * Registers a backfill. Idempotent: a backfill that exists stays as it is.
   *
   * @param key source and target
   * @param triggerReason the reason, such as {@code manual}; stored if the backfill is new; at most
   *     200 characters
   * @return the backfill
   */
  Backfill register(BackfillKey key, String triggerReason);

  /**
   * Claims the lease of a backfill. The store grants it if no worker holds an unexpired lease; that
   * of the request's {@linkplain LeaseRequest#deadOwner() dead owner} does not count. Each grant
   * raises the fence and sets the status to {@link BackfillStatus#RUNNING}.
   *
   * @param id the backfill
   * @param request the worker's request
   * @return the lease, or the present holder, or the user's request that forbids it
   * @throws IllegalArgumentException if the store has no backfill with this number
   */
  Claim claim(BackfillId id, LeaseRequest request);

  /**
   * Claims the least recently changed of the due backfills. Due by the store's clock are:
   *
   * <ul>
   *   <li>pending backfills,
   *   <li>waiting ones whose wait is over, or was stored {@link Backfill#MAX_WAIT} ago,
   *   <li>running ones whose lease has expired.
   * </ul>
   *
   * <p>Several workers that call at once get different backfills, and none waits for another.
   *
   * @param request the worker's request; its dead owner is ignored
   * @param sources the names of the sources that the worker has; not empty
   * @return the granted lease and the backfill, or empty if no backfill is due
   */
  Optional<Claim> claimNext(LeaseRequest request, Set<String> sources);

  /**
   * Extends the lease by {@link Lease#timeToLive()} from now.
   *
   * @param lease the lease
   * @return the backfill's status now; a user's request to pause or cancel shows here
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists
   */
  BackfillStatus renew(Lease lease);

  /**
   * Stores a chunk in one transaction: the sink's items, quarantine rows, the chunk's row, cursor
   * and counters. Renews the lease. All of it is stored, or none.
   *
   * <p><b>Idempotent by attempt:</b> the engine calls it again with the same {@link
   * ChunkCommit#attemptId()} after any failure. The store then finds out if the earlier call was
   * stored after all, and waits for one that is still under way. It stores the chunk only if it was
   * not.
   *
   * <p>The counters follow {@link Backfill.Counters#after}. Stored items {@linkplain
   * ChunkCommit#storedKeys() leave the quarantine}; an item that is rejected again stays there
   * once.
   *
   * @param lease the right to commit
   * @param commit the chunk; its number is the backfill's next one, and it holds an item or moves
   *     the cursor
   * @param sink the sink for the items; called only if there are any
   * @param <T> the kind of item
   * @return the sink's counts, the backfill's status, and its counters
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists; nothing was
   *     written
   * @throws dev.backfill.api.failure.PoisonItemException if the database or the sink refuses an
   *     item for its data; nothing was written, and the engine finds the item by {@link #tryWrite}
   * @throws dev.backfill.api.failure.PermanentFailureException with {@code OUT_OF_SEQUENCE} if the
   *     chunk's number is not the next one, or the chunk does not begin at the backfill's cursor
   */
  <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink);

  /**
   * Writes items as {@link #commit} would, and rolls back. So the engine finds the items that the
   * sink refuses. Idempotent. Does not wait for commits of other backfills. Writes of the sink
   * outside the store's transaction stay.
   *
   * @param lease the caller's lease; limits how long an abandoned transaction may last
   * @param items the items to write; not empty
   * @param sink the sink for the items
   * @param <T> the kind of item
   * @throws dev.backfill.api.failure.PoisonItemException if the sink refuses an item for its data
   */
  <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink);

  /**
   * Counts the items that are stored, by {@link Sink#count}, or in quarantine. An item that is both
   * counts once: an older copy of an item in quarantine may be stored. Changes nothing.
   *
   * @param id the backfill
   * @param sink the sink that stores the items
   * @param scope the text that the target's items have in common
   * @return the number of items; empty if the sink cannot count
   */
  OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope);

  /**
   * Compares the stored items with an independent number, by {@link Sink#difference}. Changes
   * nothing.
   *
   * @param id the backfill
   * @param sink the sink that stores the items
   * @param scope the text that the target's items have in common
   * @return the difference in one sentence; empty without one, which is the default
   */
  default Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    return Optional.empty();
  }

  /**
   * Finds the gaps among keys: items that are neither stored nor in quarantine. Changes nothing.
   *
   * @param id the backfill
   * @param sink the sink that stores the items
   * @param scope the text that the target's items have in common
   * @param keys the items' keys
   * @return the missing keys, in their order; empty if the sink cannot find out
   */
  Optional<List<String>> missing(BackfillId id, Sink<?> sink, String scope, List<String> keys);

  /**
   * Corrects the counters by a count, as {@link Backfill.Counters#recounted} does. The store counts
   * the quarantine itself. The engine calls it if a history that was read to its end is updated,
   * verified or completed, and the counters disagree. Idempotent.
   *
   * @param lease the lease
   * @param seen the number of items that are stored or in quarantine, as {@link #countKnown} counts
   *     them; empty if the sink cannot count
   * @return the counters afterwards; by default the stored ones, unchanged
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists; nothing was
   *     written
   */
  default Backfill.Counters recount(Lease lease, OptionalLong seen) {
    return get(lease.backfill()).counters();
  }

  /**
   * Records a failed attempt: raises {@link Backfill#consecutiveFailures()} and stores the error. A
   * call that is repeated after a lost answer may count the attempt twice. That does no harm: users
   * see the number, nothing is decided by it, and the next commit sets it to 0.
   *
   * @param lease the lease
   * @param error the error in one sentence, without secrets
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists
   */
  void recordFailure(Lease lease, String error);

  /**
   * Resets the backfill to the start of its history: cursors, counters, total, quarantine, note and
   * the time of its completion. Chunk numbers continue, and stored items stay.
   *
   * @param lease the lease
   * @return the backfill afterwards
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists
   */
  Backfill rewind(Lease lease);

  /**
   * Releases the lease. If a user has asked to pause or cancel meanwhile, the store applies that
   * request instead of the given status, unless the backfill is completed. An error counts as a
   * failed attempt. A completion resets the failed attempts, and replaces the note of the
   * completion before it, also if it has none.
   *
   * @param lease the lease
   * @param release the state in which the worker leaves the backfill
   * @return the backfill afterwards
   * @throws dev.backfill.api.failure.LeaseLostException if a newer fence exists; nothing was
   *     written
   */
  Backfill release(Lease lease, LeaseRelease release);

  /**
   * Applies a user's request by {@link BackfillStatus#after}. If the status changes, the store
   * records the actor and the reason.
   *
   * @param id the backfill
   * @param control the request
   * @param by the user and the reason
   * @return the backfill afterwards
   * @throws IllegalArgumentException if the store has no backfill with this number
   */
  Backfill control(BackfillId id, Control control, RequestedBy by);

  /**
   * Marks the whole history to be read again from its start, whatever the backfill's status.
   * Nothing is read here; the next slice begins. Reasons to call it:
   *
   * <ul>
   *   <li>the repository's name has moved to another repository,
   *   <li>a cursor cannot be read any more,
   *   <li>a newer release fetches more for each item.
   * </ul>
   *
   * <p>Stored items stay. Read items replace them unless the read item is older. The store records
   * a resume, with the actor and the reason.
   *
   * @param id the backfill
   * @param by the user and the reason, which has at most 900 characters
   * @return the backfill afterwards, pending; empty, with nothing changed, if a worker holds an
   *     unexpired lease: the backfill has to be paused, or its slice to end
   * @throws IllegalArgumentException if the store has no backfill with this number, or the reason
   *     is too long
   */
  Optional<Backfill> reload(BackfillId id, RequestedBy by);

  /**
   * Applies a request without an actor's name.
   *
   * @param id the backfill
   * @param control the request
   * @return the backfill afterwards
   * @throws IllegalArgumentException if the store has no backfill with this number
   */
  default Backfill control(BackfillId id, Control control) {
    return control(id, control, RequestedBy.UNNAMED);
  }

  /** The number of newest chunks of each backfill that retention keeps at any age: 32. */
  int NEWEST_CHUNKS = 32;

  /**
   * Claims the regular pruning, so that one process at a time does it. The store's clock decides.
   *
   * @param every the time between two prunings; positive
   * @return true for one caller in each such time; by default always false
   */
  default boolean claimPruning(Duration every) {
    return false;
  }

  /**
   * Removes old rows, in one short transaction: ended runs, transitions of backfills that no user
   * has stopped, and chunks of completed backfills other than their {@value #NEWEST_CHUNKS} newest.
   * No row of the history and no progress is removed. Idempotent.
   *
   * @param olderThan the min age of a row to remove, by the store's clock; not negative
   * @param limit the max number of rows of each kind; at least 1
   * @return the numbers of removed rows; by default none
   */
  default Pruned prune(Duration olderThan, int limit) {
    return Pruned.NONE;
  }

  /**
   * Counts the rows that {@link #prune} would remove without a limit. Changes nothing.
   *
   * @param olderThan the min age of a row to remove, by the store's clock; not negative
   * @return the numbers of rows; by default none
   */
  default Pruned prunable(Duration olderThan) {
    return Pruned.NONE;
  }

  /**
   * Returns the time by the store's own clock, which decides about leases and waits. Managers store
   * moments on it, and refuse to start on a machine whose clock is minutes away from it.
   *
   * @return the time, in UTC; empty if the store cannot return it, which is the default
   */
  default Optional<Instant> currentTime() {
    return Optional.empty();
  }
}
