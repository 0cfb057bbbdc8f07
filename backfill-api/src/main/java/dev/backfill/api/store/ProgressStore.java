package dev.backfill.api.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps progress, hands out leases, and commits chunks.
 *
 * <p><b>Contract.</b> Safe for any number of threads and, when it keeps its state outside the
 * process, any number of processes. <i>Called by</i> engines: {@link #commit} from the thread that
 * runs the slice, {@link #renew} from a timer thread beside it. <i>Blocking:</i> yes, on the
 * database; never to wait for another holder's lease to end. <i>Interrupt:</i> not looked at, so
 * that a commit is whole or not at all. <i>Clock:</i> leases and time stamps use the store's own
 * clock, never the worker's. <i>Throws:</i> {@link
 * dev.backfill.api.failure.TransientFailureException} when trying the same call again may help,
 * {@link dev.backfill.api.failure.PermanentFailureException} when it does not, {@link
 * dev.backfill.api.failure.LeaseLostException} when a newer fence exists; in each case nothing was
 * written, except that the outcome of a {@link #commit} that failed transiently is unknown until it
 * is called again with the same attempt. <i>Closed by</i> nobody: a store holds only what was
 * passed to it.
 */
public interface ProgressStore extends ProgressReader {

  /**
   * Makes sure that a backfill exists. Idempotent: one that exists is left as it is.
   *
   * @param key source and target
   * @param triggerReason why, such as {@code manual}; kept when the backfill is new; at most 200
   *     characters
   * @return the backfill
   */
  Backfill register(BackfillKey key, String triggerReason);

  /**
   * Asks for the lease. Granted when nobody holds one that has not expired, except the requester's
   * {@linkplain LeaseRequest#deadOwner() dead owner}; each grant raises the fence and sets the
   * status to {@link BackfillStatus#RUNNING}.
   *
   * @param id the backfill
   * @param request who asks
   * @return the lease, or who holds it, or why nobody may have it
   * @throws IllegalArgumentException when the store has no backfill with this number
   */
  Claim claim(BackfillId id, LeaseRequest request);

  /**
   * Claims the backfill that has rested longest among those that are due: pending ones, ones whose
   * wait is over or was stored {@link Backfill.Waiting#MAX} ago, and running ones whose lease has
   * expired, by the store's clock. Several workers that ask at once get different backfills, and
   * none waits for another.
   *
   * @param request who asks; a dead owner is not looked at
   * @param sources the names of the sources that the worker has; not empty
   * @return the lease and the backfill, or empty when nothing is due
   */
  Optional<Claim.Granted> claimNext(LeaseRequest request, Set<String> sources);

  /**
   * Makes the lease last for another {@link Lease#timeToLive()} from now.
   *
   * @param lease the lease
   * @return where the backfill stands now: a person's request to pause or cancel shows here
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists
   */
  BackfillStatus renew(Lease lease);

  /**
   * Stores a chunk in one transaction: the sink's items, quarantine rows, the chunk's row, cursor
   * and counters; and renews the lease. Whole or not at all. <b>Idempotent by attempt:</b> called
   * again with the same {@link ChunkCommit#attemptId()} after any failure, it finds out whether the
   * earlier call was stored after all, waiting for one that is still under way, and stores the
   * chunk only if not. The counters follow {@link Backfill.Counters#after}; items that are stored
   * {@linkplain ChunkCommit#storedKeys() leave the quarantine}, and one that is rejected again
   * stays there once.
   *
   * @param lease the right to commit
   * @param commit the chunk; its number is the backfill's next one, and it holds an item or moves
   *     the cursor
   * @param sink where the items go; called only when there are any
   * @param <T> the kind of item
   * @return what the sink did, where the backfill stands, and how far it is
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists; nothing was
   *     written
   * @throws dev.backfill.api.failure.PoisonItemException when an item is refused for its data;
   *     nothing was written, and the engine finds out which by {@link #tryWrite}
   * @throws dev.backfill.api.failure.PermanentFailureException with {@code OUT_OF_SEQUENCE} when
   *     the chunk's number is not the next one, or it does not begin where the backfill stands
   */
  <T> CommitResult commit(Lease lease, ChunkCommit<T> commit, Sink<T> sink);

  /**
   * Writes items as {@link #commit} would, and takes that back: finds out whether the sink accepts
   * them, so that the items that it refuses can be told from the others. Idempotent; waits for
   * nobody who commits another backfill. What a sink writes outside the store's transaction it has
   * written.
   *
   * @param lease whose holder asks; says how long a transaction that nobody goes on with may last
   * @param items what to write; not empty
   * @param sink where the items would go
   * @param <T> the kind of item
   * @throws dev.backfill.api.failure.PoisonItemException when the sink refuses an item for its data
   */
  <T> void tryWrite(Lease lease, List<T> items, Sink<T> sink);

  /**
   * Counts the items that are stored, as {@link Sink#count} says, or in quarantine, each once: an
   * older copy of an item in quarantine may be stored. Changes nothing.
   *
   * @param id the backfill
   * @param sink where the items are
   * @param scope what the target's items have in common
   * @return how many there are; empty when the sink cannot tell
   */
  OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope);

  /**
   * Compares what is stored with an independent number, as {@link Sink#difference} does. Changes
   * nothing.
   *
   * @param id the backfill
   * @param sink where the items are
   * @param scope what the target's items have in common
   * @return the difference in one sentence; empty without one, which is the default
   */
  default Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    return Optional.empty();
  }

  /**
   * Finds the gaps among keys: items that are neither stored nor in quarantine. Changes nothing.
   *
   * @param id the backfill
   * @param sink where the items are
   * @param scope what the target's items have in common
   * @param keys the items' keys
   * @return the keys that are missing, in their order; empty when the sink cannot tell
   */
  Optional<List<String>> missing(BackfillId id, Sink<?> sink, String scope, List<String> keys);

  /**
   * Corrects the counters by what was counted, as {@link Backfill.Counters#recounted} says; the
   * store counts the quarantine itself. Called when a history that was read to its end is updated,
   * verified or completed, and the counters disagree. Idempotent.
   *
   * @param lease the lease
   * @param seen items that are stored or in quarantine, as {@link #countKnown} counts them; empty
   *     when the sink cannot count
   * @return the counters afterwards; by default those that are stored, unchanged
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists; nothing was
   *     written
   */
  default Backfill.Counters recount(Lease lease, OptionalLong seen) {
    return get(lease.backfill()).counters();
  }

  /**
   * Records a failed attempt: raises {@link Backfill.State#consecutiveFailures()} and keeps the
   * message. Called again after its answer was lost, it may count the attempt twice: the number is
   * for people, nothing is decided by it, and the next commit sets it back to 0.
   *
   * @param lease the lease
   * @param error one sentence: what went wrong; without secrets
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists
   */
  void recordFailure(Lease lease, String error);

  /**
   * Puts the backfill back to the start of its history: cursors, counters, total, quarantine, note
   * and when it was complete. Chunk numbers go on, stored items stay.
   *
   * @param lease the lease
   * @return the backfill afterwards
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists
   */
  Backfill rewind(Lease lease);

  /**
   * Gives the lease back. Where a person has asked to pause or cancel meanwhile, that request is
   * carried out instead of the given status, unless the backfill is completed. An error counts as a
   * failed attempt; a completion forgets those before it, and replaces the note of the one before
   * it, also by none.
   *
   * @param lease the lease
   * @param release how the backfill is left
   * @return the backfill afterwards
   * @throws dev.backfill.api.failure.LeaseLostException when a newer fence exists; nothing was
   *     written
   */
  Backfill release(Lease lease, LeaseRelease release);

  /**
   * Carries out a person's request, as {@link BackfillStatus#after} says, and keeps who asked and
   * why when it changes the status.
   *
   * @param id the backfill
   * @param request what is asked, by whom and why
   * @return the backfill afterwards
   * @throws IllegalArgumentException when the store has no backfill with this number
   */
  Backfill control(BackfillId id, ControlRequest request);

  /**
   * Has the whole history read again from its start, whatever its status: after a repository's name
   * has gone to another one, where a cursor cannot be read any more, or to bring what a newer
   * release tells of each item. Stored items stay, and are replaced by what is read where that is
   * not older. The next slice begins; nothing is read here. On record as a resume, with who asked
   * and why.
   *
   * @param id the backfill
   * @param actor who asks, such as a user's name; from 1 to 200 characters
   * @param reason why, or null when nothing was said; from 1 to 900 characters, without secrets
   * @return the backfill afterwards, pending; empty, and nothing has changed, when a worker holds a
   *     lease that has not expired: it has to be paused, or to end
   * @throws IllegalArgumentException when the store has no backfill with this number, or a text is
   *     empty or too long
   */
  Optional<Backfill> reload(BackfillId id, String actor, @Nullable String reason);

  /**
   * Carries out a request of somebody who gives no name.
   *
   * @param id the backfill
   * @param control what is asked
   * @return the backfill afterwards
   * @throws IllegalArgumentException when the store has no backfill with this number
   */
  default Backfill control(BackfillId id, Control control) {
    return control(id, ControlRequest.unnamed(control));
  }

  /** The number of newest chunks of each backfill that retention keeps, whatever their age: 32. */
  int NEWEST_CHUNKS = 32;

  /**
   * Claims the regular pruning, so that one process at a time does it. By the store's clock.
   *
   * @param every the time between two prunings; positive
   * @return true for one caller in each such time; by default always false
   */
  default boolean claimPruning(Duration every) {
    return false;
  }

  /**
   * Removes old rows, in one short transaction: runs that have ended, transitions of backfills that
   * no person has stopped, and chunks of completed backfills other than their {@value
   * #NEWEST_CHUNKS} newest. No row of the history and no progress is removed. Idempotent.
   *
   * @param olderThan the age from which on a row is old, by the store's clock; not negative
   * @param limit the max number of rows of each kind; at least 1
   * @return the rows that were removed; by default none
   */
  default Pruned prune(Duration olderThan, int limit) {
    return Pruned.NONE;
  }

  /**
   * Counts what {@link #prune} would remove without a limit. Changes nothing.
   *
   * @param olderThan the age from which on a row is old, by the store's clock; not negative
   * @return the rows; by default none
   */
  default Pruned prunable(Duration olderThan) {
    return Pruned.NONE;
  }

  /**
   * Returns the time by the store's own clock, which decides about leases and waits. Managers store
   * moments on it, and refuse to start on a machine whose clock is minutes away from it.
   *
   * @return the time, in UTC; empty if the store cannot tell, which is the default
   */
  default Optional<Instant> currentTime() {
    return Optional.empty();
  }
}
