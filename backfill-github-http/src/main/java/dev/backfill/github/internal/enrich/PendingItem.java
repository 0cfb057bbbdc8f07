package dev.backfill.github.internal.enrich;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An item on its way into a chunk. Used by one thread at a time. */
public final class PendingItem<T> {

  private final ReadItem<T> source;
  private final String key;
  private volatile ItemEnrichment<T> enrichment;
  private final boolean cameWhole;

  private volatile @Nullable ParsedItem<T> outcome;
  private volatile @Nullable ParsedItem<T> refused;
  private volatile @Nullable TransientFailureException failure;
  private boolean waitedFor;

  public PendingItem(ReadItem<T> source, String key) {
    this.source = source;
    this.key = key;
    this.enrichment = source.enrichment().get();
    this.cameWhole = enrichment.isComplete();
  }

  public Position after() {
    return source.after();
  }

  public String key() {
    return key;
  }

  /** Returns the item, even if it was rejected in the end; empty if it was never read. */
  public Optional<T> read() {
    ParsedItem<T> known = outcome;
    T whole = known == null ? null : known.item();
    return Optional.ofNullable(whole == null ? source.item().item() : whole);
  }

  /** Returns the size in bytes of the texts that it was read from. */
  long bytes() {
    return source.bytes() + enrichment.bytes();
  }

  /**
   * Returns true if the item came whole, so that no request of its own has shown that GitHub works.
   */
  public boolean cameWhole() {
    return cameWhole;
  }

  /** Returns a probe that repeats the item's enrichment. */
  public ItemEnricher.Probe again() {
    return budget -> source.enrichment().get().complete(budget);
  }

  /** Returns the result for the chunk, or null while something is missing. */
  @Nullable ParsedItem<T> outcome() {
    return outcome;
  }

  /** Returns true if GitHub refuses the item and the repository was not checked yet. */
  boolean isRefused() {
    return refused != null;
  }

  /** Returns GitHub's refusal of the item; null if there is none. */
  @Nullable PermanentFailureException refusal() {
    return enrichment.refusal();
  }

  /** Confirms the refusal: the repository can be read, so the item cannot. */
  void confirmRefusal() {
    outcome = refused;
    refused = null;
  }

  /** Discards what was fetched for it. */
  void restart() {
    refused = null;
    enrichment = source.enrichment().get();
  }

  /** Records that its failure was reported, so that a pause precedes the next attempt. */
  void waitFor() {
    waitedFor = true;
  }

  boolean isWaitedFor() {
    return waitedFor;
  }

  @Nullable TransientFailureException failure() {
    return failure;
  }

  ApiResource resource() {
    return enrichment.resource();
  }

  boolean needsRequests() {
    return outcome == null && refused == null && !enrichment.isComplete();
  }

  void complete(RequestBudget budget) throws InterruptedException {
    ParsedItem<T> result = enrichment.complete(budget);
    if (enrichment.refusal() != null) {
      refused = result;
    } else {
      outcome = result;
    }
    failure = null;
  }

  void failed(TransientFailureException e) {
    failure = e;
  }

  /** Rejects the item for the failure that it keeps having. */
  void reject(TransientFailureException e) {
    outcome =
        ParsedItem.rejected(
            source.item().id(),
            new RejectedItem(key, "It could not be read whole: " + e.getMessage(), ""));
  }
}
