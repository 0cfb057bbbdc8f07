package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.core.run.BackfillSpec;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Session of the items that the source lists and the store lacks. The source lists a page of keys,
 * the store returns the missing ones, and the session reads these again. The place moves behind a
 * page only once nothing of it is missing.
 */
final class VerificationReader<T> implements SourceSession<T> {

  private final BackfillSpec<T> job;
  private final ProgressStore store;
  private final BackfillId id;
  private final Cursor at;
  private final KeyListing listing;
  private @Nullable Long counted;
  private Cursor place;
  private Cursor reached;
  private @Nullable Chunk<String> page;
  private @Nullable SourceSession<T> session;
  private @Nullable Long existing;
  private boolean ended;
  private boolean listed;

  /**
   * Creates the session.
   *
   * @param listing the keys of all items; closed with the session
   * @param at the cursor of the history
   * @param from the cursor at which the listing begins
   * @param counted the number of stored items plus those that the source counts too many, if the
   *     source's count may suffice; null to list in any case
   */
  VerificationReader(
      BackfillSpec<T> job,
      ProgressStore store,
      BackfillId id,
      KeyListing listing,
      Cursor at,
      Cursor from,
      @Nullable Long counted) {
    this.job = job;
    this.store = store;
    this.id = id;
    this.listing = listing;
    this.at = at;
    this.place = from;
    this.reached = from;
    this.counted = counted;
  }

  /** Finds the missing items of the listed page in the store. No stop interrupts that. */
  boolean advance() {
    Chunk<String> listed = page;
    if (listed == null || session != null) {
      return true;
    }
    Optional<List<String>> missing =
        store.missing(id, job.sink(), Objects.requireNonNull(listing.scope()), listed.items());
    if (missing.isEmpty() || missing.get().isEmpty()) {
      pass(listed);
      ended |= missing.isEmpty();
    } else {
      session =
          job.source()
              .openByKeys(job.target(), missing.get(), at)
              .orElseGet(() -> new Unreadable<>(missing.get()));
    }
    return true;
  }

  private void pass(Chunk<String> listed) {
    reached = listed.next();
    ended |= listed.last();
    page = null;
  }

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    Long known = counted;
    if (known != null) {
      boolean agrees = agrees(known, reserve);
      counted = null;
      if (agrees) {
        ended = true;
        return empty();
      }
    }
    if (session != null) {
      return again(session, size, reserve);
    }
    if (ended && listed) {
      listed = false;
      existing = countedNow(reserve);
    }
    if (ended || !reached.equals(place)) {
      // Stored after each page: a slice may end at any moment, and the next one continues here.
      place = reached;
      return empty();
    }
    Chunk<String> keys = listing.next(reserve);
    page = keys;
    listed = true;
    return new Chunk<>(
        List.of(), List.of(), place, false, keys.quotaSpent() + listing.quotaSpent(), Phase.VERIFY);
  }

  /** Returns whether the counts agree; false if the source cannot count. */
  private boolean agrees(long known, long reserve) throws InterruptedException {
    existing = countedNow(reserve);
    return existing != null && known >= existing;
  }

  private @Nullable Long countedNow(long reserve) throws InterruptedException {
    try {
      return listing.count(reserve);
    } catch (PermanentFailureException e) {
      if (e.reason() != Reason.INCOMPATIBLE) {
        throw e;
      }
      return null;
    }
  }

  /** Returns the source's count at the end, or null if it did not count. */
  @Nullable Long sourceCount() {
    return existing;
  }

  private Chunk<T> empty() {
    return new Chunk<>(List.of(), List.of(), place, ended, listing.quotaSpent(), Phase.VERIFY);
  }

  private Chunk<T> again(SourceSession<T> reading, int size, long reserve)
      throws InterruptedException {
    Chunk<T> chunk = QuarantineReader.progressing(reading.next(size, reserve), job);
    if (chunk.last()) {
      reading.close();
      session = null;
      pass(Objects.requireNonNull(page));
      place = reached;
    }
    return chunk
        .withNext(place, false)
        .withQuotaSpent(chunk.quotaSpent() + listing.quotaSpent())
        .withPhase(Phase.VERIFY);
  }

  @Override
  public @Nullable Quota quota() {
    SourceSession<T> reading = session;
    return reading == null ? listing.quota() : reading.quota();
  }

  @Override
  public Total total() {
    return Total.UNKNOWN;
  }

  /** Returns the completeness of the listing: items that are not listed were not compared. */
  @Override
  public Completeness completeness() {
    return listing.completeness();
  }

  @Override
  public String readMode() {
    return "the list of everything, to find what is missing";
  }

  @Override
  public void close() {
    if (session != null) {
      session.close();
    }
    listing.close();
  }

  /** Session that puts items into quarantine that the source lists and cannot read alone. */
  private static final class Unreadable<T> implements SourceSession<T> {

    private final List<String> keys;
    private int named;

    Unreadable(List<String> keys) {
      this.keys = keys;
    }

    @Override
    public Chunk<T> next(int size, long reserve) {
      int from = named;
      named = Math.min(keys.size(), from + size);
      List<RejectedItem> gaps =
          keys.subList(from, named).stream()
              .map(
                  key ->
                      new RejectedItem(
                          key,
                          "The source lists it, it is not stored, and the source cannot read it"
                              + " alone.",
                          ""))
              .toList();
      return new Chunk<>(List.of(), gaps, Cursor.START, named == keys.size(), 0, Phase.VERIFY);
    }

    @Override
    public @Nullable Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.exact(keys.size());
    }

    @Override
    public void close() {}
  }
}
