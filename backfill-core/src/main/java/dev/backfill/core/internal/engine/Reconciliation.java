package dev.backfill.core.internal.engine;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.internal.CountDifference;
import dev.backfill.core.run.BackfillSpec;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Compares what is stored with what there is, by numbers where they are known: only where too
 * little is stored is everything listed.
 */
final class Reconciliation<T> {

  /**
   * Marks the note of a completion that could not be compared with the source. The note stays until
   * the next completion, whatever interrupts the sessions before it.
   */
  private static final String NOT_COMPARED =
      "stored items are not yet compared with what the source has";

  private final BackfillSpec<T> job;
  private final ProgressStore store;
  private final Backfill claimed;

  Reconciliation(BackfillSpec<T> job, ProgressStore store, Backfill claimed) {
    this.job = job;
    this.store = store;
    this.claimed = claimed;
  }

  /**
   * Whether a history that was read to its end needs a look at the source's list or its count.
   *
   * @param total the total of the history, as it is stored
   * @param stated the total that the source stated while the history was read
   * @param nothingWasNew whether nothing was stored since the last completion
   * @param counted what is stored or in quarantine, or null
   */
  boolean isOpen(Total total, Total stated, boolean nothingWasNew, @Nullable Long counted) {
    if (counted == null) {
      return false;
    }
    if (isOverdue() || isUnderWay()) {
      return true;
    }
    if (stated.kind() == Total.Kind.EXACT && !wasComplete()) {
      return counted + tolerated() < stated.count();
    }
    return !(wasComplete() && nothingWasNew && total.isKnown() && counted >= total.count());
  }

  /** Whether slices that did not come to a completion have stored something since the last one. */
  boolean hasStoredSinceCompletion() {
    Instant completedAt = claimed.completedAt();
    long latest = claimed.nextChunkNumber() - 1;
    return completedAt != null
        && latest > 0
        && store.chunks(claimed.id(), latest, 1).stream()
            .anyMatch(chunk -> chunk.commitment().committedAt().isAfter(completedAt));
  }

  /** How many items the source is known to count too many. */
  private long tolerated() {
    return CountDifference.tolerated(claimed.note());
  }

  /**
   * What to remark on a comparison.
   *
   * @param verification the comparison, or null if there was no need for one
   * @param counted what is stored or in quarantine now, or null
   */
  Completeness remark(@Nullable VerificationReader<T> verification, @Nullable Long counted) {
    CountDifference difference =
        verification == null
            ? CountDifference.in(claimed.note())
            : CountDifference.of(verification.sourceCount(), counted);
    return difference == null ? Completeness.WHOLE : Completeness.whole(difference.note());
  }

  /** What independent numbers say of what is stored. */
  Completeness difference(Cursor endOfHistory) {
    Optional<KeyListing> listing = job.source().listKeys(job.target(), endOfHistory, Cursor.START);
    if (listing.isEmpty()) {
      return Completeness.WHOLE;
    }
    try (KeyListing keys = listing.get()) {
      String scope = keys.scope();
      return scope == null
          ? Completeness.WHOLE
          : store
              .difference(claimed.id(), job.sink(), scope)
              .map(Completeness::whole)
              .orElse(Completeness.WHOLE);
    }
  }

  /** Whether there may be something new to say of independent numbers. */
  boolean isWorthComparing(boolean nothingWasNew) {
    return !nothingWasNew || claimed.note() != null;
  }

  /**
   * Remarks on a completion while the source withholds its items. Without it the next completion
   * would compare numbers alone, which deletions during the first reading make agree.
   *
   * @param counted what is stored or in quarantine, or null
   * @param requested whether a comparison was begun or asked for
   */
  Completeness postponed(@Nullable Long counted, boolean requested) {
    boolean due = requested || !wasComplete() || isOverdue() || isUnderWay();
    return due && counted != null ? Completeness.whole(NOT_COMPARED) : Completeness.WHOLE;
  }

  /** Whether the last completion could not be compared: then numbers do not settle anything. */
  private boolean isOverdue() {
    String note = claimed.note();
    return note != null && note.contains(NOT_COMPARED);
  }

  private boolean isUnderWay() {
    return !claimed.verifyCursor().isStart();
  }

  private boolean wasComplete() {
    return claimed.completedAt() != null;
  }

  /**
   * A session that lists what there is; empty when nobody can tell what is missing.
   *
   * @param counted what is stored, where the source's count may settle it
   * @param stated what the source said while the history was read
   */
  Optional<VerificationReader<T>> open(Cursor endOfHistory, @Nullable Long counted, Total stated) {
    Cursor from = claimed.verifyCursor();
    // Until it is complete once, the source knows what it has seen better than its count does.
    boolean mayAgree =
        from.isStart() && !isOverdue() && (wasComplete() || stated.kind() != Total.Kind.EXACT);
    return job.source()
        .listKeys(job.target(), endOfHistory, from)
        .map(
            keys ->
                new VerificationReader<>(
                    job,
                    store,
                    claimed.id(),
                    keys,
                    endOfHistory,
                    from,
                    mayAgree && counted != null ? (Long) (counted + tolerated()) : null));
  }
}
