package dev.backfill.github.internal.enrich;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.SharedResources;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Enriches the items of a chunk. Used by one session. */
public final class ItemEnricher<T> {

  private final SharedResources shared;
  private final OpenRepository repository;

  /** The feature without which items are refused; null to treat each refusal as an item's own. */
  private final @Nullable Feature feature;

  private final Refused<T> refusals;
  private @Nullable Probe lastGood;

  public ItemEnricher(
      SharedResources shared,
      OpenRepository repository,
      @Nullable Feature feature,
      Refused<T> refusals) {
    this.shared = shared;
    this.repository = repository;
    this.feature = feature;
    this.refusals = refusals;
  }

  /** Repeats a request that worked, to distinguish an item's problem from GitHub's. */
  @FunctionalInterface
  public interface Probe {

    void run(RequestBudget budget) throws InterruptedException;
  }

  public void remember(Probe probe) {
    lastGood = probe;
  }

  /**
   * Enriches items.
   *
   * @return the number of complete items from the first one on; at least 1 unless there are none
   * @throws BackfillException if not even the first one is complete
   */
  public int complete(List<PendingItem<T>> items, RequestBudget budget)
      throws InterruptedException {
    String name = repository.current().fullName();
    List<PendingItem<T>> pending = new ArrayList<>();
    for (PendingItem<T> item : items) {
      if (item.needsRequests()) {
        pending.add(item);
      } else if (item.outcome() == null) {
        item.complete(budget);
      }
    }
    EnrichmentRound<T> round = new EnrichmentRound<>(pending, shared, budget);
    if (!pending.isEmpty()) {
      run(round, Math.min(shared.concurrency().bound(), pending.size()));
      judge(round, pending, budget);
    }
    BackfillException unconfirmed = confirmRefusals(items, name, budget);
    int ready = 0;
    while (ready < items.size() && items.get(ready).outcome() != null) {
      ready++;
    }
    if (ready == 0 && !items.isEmpty()) {
      PendingItem<T> first = items.get(0);
      throw markWaiting(
          first.isRefused() && unconfirmed != null ? unconfirmed : reason(round, first),
          round,
          pending);
    }
    refusals.check(items.subList(0, ready));
    return ready;
  }

  /**
   * Marks failed items after a transient failure: since the caller pauses, the next round shows
   * more than this one.
   */
  private BackfillException markWaiting(
      BackfillException failure, EnrichmentRound<T> round, List<PendingItem<T>> pending) {
    if (failure instanceof TransientFailureException) {
      pending.stream().filter(round::hasFailed).forEach(PendingItem::waitFor);
    }
    return failure;
  }

  /**
   * Checks the repository before a refusal counts as an item's: without the repository, GitHub
   * refuses all items. Items that were not deleted are requested once more, since GitHub may have
   * been wrong for a moment.
   *
   * @return the reason why the check failed, or null
   * @throws PermanentFailureException if the repository is refused, too
   */
  private @Nullable BackfillException confirmRefusals(
      List<PendingItem<T>> items, String name, RequestBudget budget) throws InterruptedException {
    List<PendingItem<T>> refused = items.stream().filter(PendingItem::isRefused).toList();
    if (refused.isEmpty()) {
      return null;
    }
    try {
      repository.refresh(budget);
      PermanentFailureException first = refused.get(0).refusal();
      if (feature != null && repository.isOff(feature) && first != null) {
        // The feature is disabled, so all items are missing.
        throw first;
      }
      if (!repository.current().fullName().equals(name)) {
        // The requests used a name that may belong to another repository by now.
        refused.forEach(PendingItem::restart);
        return new TransientFailureException(
            name
                + " was renamed to "
                + repository.current().fullName()
                + " meanwhile. Stored items stay. Reading continues under the new name.",
            null);
      }
      for (PendingItem<T> item : refused) {
        PermanentFailureException refusal = item.refusal();
        if (refusal != null && !Refused.isDeleted(refusal)) {
          item.restart();
          item.complete(budget);
        }
        if (item.isRefused()) {
          item.confirmRefusal();
        }
      }
    } catch (TransientFailureException | RateLimitedException e) {
      // Items in front of the refused ones can be delivered; the refused ones are checked again
      // later.
      return e;
    }
    return null;
  }

  private void run(EnrichmentRound<T> round, int workers) throws InterruptedException {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      running.add(
          shared
              .executor()
              .submit(
                  () -> {
                    round.work();
                    return null;
                  }));
    }
    try {
      for (Future<?> worker : running) {
        worker.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("completing items failed", e.getCause());
    } finally {
      round.stop(null);
      running.forEach(worker -> worker.cancel(true));
    }
  }

  /**
   * Rejects the items that fail again after a pause while other requests work. A first failure may
   * be a passing problem of GitHub, however many attempts fell into that moment.
   */
  private void judge(EnrichmentRound<T> round, List<PendingItem<T>> pending, RequestBudget budget)
      throws InterruptedException {
    boolean probed = false;
    boolean works = false;
    for (PendingItem<T> item : pending) {
      if (!item.isWaitedFor() || !round.hasFailed(item)) {
        continue;
      }
      if (!round.succeededAfter(item)) {
        works = probed ? works : stillWorks(budget);
        probed = true;
        if (!works) {
          continue;
        }
      }
      tryOnceMore(item, budget);
    }
  }

  /** Makes a last attempt after another request worked, since GitHub may have just recovered. */
  private void tryOnceMore(PendingItem<T> item, RequestBudget budget) throws InterruptedException {
    try {
      item.complete(budget);
    } catch (TransientFailureException e) {
      item.reject(e);
    }
  }

  private boolean stillWorks(RequestBudget budget) throws InterruptedException {
    Probe probe = lastGood;
    try {
      if (probe == null) {
        // Nothing of its kind has worked yet; the repository itself is the next best.
        repository.refresh(budget);
      } else {
        probe.run(budget);
      }
      return true;
    } catch (TransientFailureException e) {
      return false;
    }
  }

  private BackfillException reason(EnrichmentRound<T> round, PendingItem<T> first) {
    BackfillException cause = round.cause();
    TransientFailureException failure = first.failure();
    if (cause != null) {
      return cause;
    }
    if (failure != null) {
      return failure;
    }
    return new TransientFailureException("An item is not complete. It is tried again.", null);
  }
}
