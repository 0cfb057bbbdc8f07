package dev.backfill.core.internal.engine;

import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.CommittedChunk;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.internal.CountDifference;
import dev.backfill.core.run.BackfillSpec;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Comparison of the stored items with the source. It uses numbers if they are known. The source
 * lists everything only if too little is stored.
 */
final class Reconciliation<T> {

  /**
   * The mark in the note of a completion that could not be compared with the source. The note stays
   * until the next completion, also if sessions before it are interrupted.
   */
  private static final String NOT_COMPARED =
      "stored items are not yet compared with what the source has";

  /** The max number of chunks to read at once. */
  private static final int MAX_CHUNKS = 500;

  private final BackfillSpec<T> job;
  private final ProgressStore store;
  private final Backfill claimed;

  Reconciliation(BackfillSpec<T> job, ProgressStore store, Backfill claimed) {
    this.job = job;
    this.store = store;
    this.claimed = claimed;
  }

  /**
   * Returns whether a history that was read to its end needs the source's list or its count.
   *
   * @param total the total of the history, as it is stored
   * @param stated the total that the source stated while the history was read
   * @param nothingWasNew true if nothing was stored since the last completion
   * @param counted the number of items that are stored or in quarantine, or null
   */
  boolean isOpen(Total total, Total stated, boolean nothingWasNew, @Nullable Long counted) {
    if (counted == null) {
      return false;
    }
    if (isOverdue() || isUnderWay()) {
      return true;
    }
    if (stated.isExact() && !wasComplete()) {
      return counted + tolerated() < stated.count() || isReadAgain();
    }
    return !(wasComplete() && nothingWasNew && total.isKnown() && counted >= total.count());
  }

  /** Returns whether slices have stored something since the last completion. */
  boolean hasStoredSinceCompletion() {
    Instant completedAt = claimed.completedAt();
    long latest = claimed.nextChunkNumber() - 1;
    return completedAt != null
        && latest > 0
        && store.chunks(claimed.id(), latest, 1).stream()
            .anyMatch(chunk -> chunk.committedAt().isAfter(completedAt));
  }

  /** Returns how many items the source is known to count too many. */
  private long tolerated() {
    return CountDifference.tolerated(claimed.note());
  }

  /**
   * Returns the remark on a comparison.
   *
   * @param verification the comparison, or null if none was needed
   * @param counted the number of items that are stored or in quarantine now, or null
   */
  Completeness remark(@Nullable VerificationReader<T> verification, @Nullable Long counted) {
    CountDifference difference =
        verification == null
            ? CountDifference.in(claimed.note())
            : CountDifference.of(verification.sourceCount(), counted);
    return difference == null ? Completeness.WHOLE : Completeness.whole(difference.note());
  }

  /** Compares the stored items with the sink's independent numbers. */
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

  /** Returns whether the independent numbers may differ from those of the last completion. */
  boolean isWorthComparing(boolean nothingWasNew) {
    return !nothingWasNew || claimed.note() != null;
  }

  /**
   * Returns the remark on a completion while the source withholds its items. Without the remark,
   * the next completion would compare numbers alone. Deletions during the first reading can make
   * these agree.
   *
   * @param counted the number of items that are stored or in quarantine, or null
   * @param requested true if a comparison was begun or requested
   */
  Completeness postponed(@Nullable Long counted, boolean requested) {
    boolean due = requested || !wasComplete() || isOverdue() || isUnderWay();
    return due && counted != null ? Completeness.whole(NOT_COMPARED) : Completeness.WHOLE;
  }

  /** Returns whether the last completion could not be compared. Numbers do not suffice then. */
  private boolean isOverdue() {
    String note = claimed.note();
    return note != null && note.contains(NOT_COMPARED);
  }

  private boolean isUnderWay() {
    return !claimed.verifyCursor().isStart();
  }

  /**
   * Returns whether an earlier reading has stored rows. Those that were deleted at the source since
   * then would stand for items that this reading has missed.
   */
  private boolean isReadAgain() {
    if (claimed.cursor().isStart()) {
      return claimed.nextChunkNumber() > 1;
    }
    long end = claimed.nextChunkNumber();
    while (end > 1) {
      long begin = Math.max(1, end - MAX_CHUNKS);
      for (CommittedChunk chunk : store.chunks(claimed.id(), begin, (int) (end - begin))) {
        if (chunk.number() > 1 && chunk.before().isStart()) {
          return true;
        }
      }
      end = begin;
    }
    return false;
  }

  private boolean wasComplete() {
    return claimed.completedAt() != null;
  }

  /**
   * Opens a session that lists the source's items; empty if the source cannot list them.
   *
   * @param counted the number of stored items, if the source's count may suffice; or null
   * @param stated the total that the source stated while the history was read
   */
  Optional<VerificationReader<T>> open(Cursor endOfHistory, @Nullable Long counted, Total stated) {
    Cursor from = claimed.verifyCursor();
    // Before the first completion, what the source has seen is more exact than its count.
    boolean mayAgree =
        counted != null
            && from.isStart()
            && !isOverdue()
            && (wasComplete() || (!stated.isExact() && !isReadAgain()));
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
                    counted != null && mayAgree ? (Long) (counted + tolerated()) : null));
  }
}
