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

/** Completes the items of a chunk. Belongs to one session. */
public final class ItemEnricher<T> {

  private final SharedResources shared;
  private final OpenRepository repository;

  /** What items are refused for if it is switched off; null to have each of them refused. */
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

  /** Asks once more for something that worked, to tell an item's trouble from GitHub's. */
  @FunctionalInterface
  public interface Probe {

    void run(RequestBudget budget) throws InterruptedException;
  }

  public void remember(Probe probe) {
    lastGood = probe;
  }

  /**
   * Completes items.
   *
   * @return how many from the first one on are complete; at least 1 unless there are none
   * @throws BackfillException when not even the first one is
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

  /** After a passing failure the caller pauses, so that the next round tells more than this one. */
  private BackfillException markWaiting(
      BackfillException failure, EnrichmentRound<T> round, List<PendingItem<T>> pending) {
    if (failure instanceof TransientFailureException) {
      pending.stream().filter(round::hasFailed).forEach(PendingItem::waitFor);
    }
    return failure;
  }

  /**
   * Asks for the repository before a refusal is taken for an item's: without it none of them can be
   * seen. An item that was not deleted is asked for once more, since GitHub may have been wrong for
   * a moment.
   *
   * @return why it could not be asked for, or null
   * @throws PermanentFailureException when the repository is refused, too
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
        // It is all of them that are not there.
        throw first;
      }
      if (!repository.current().fullName().equals(name)) {
        // They were asked for under a name that may be another repository's by now.
        refused.forEach(PendingItem::restart);
        return new TransientFailureException(
            name
                + " was renamed to "
                + repository.current().fullName()
                + " meanwhile; what is stored is kept, and it goes on under the new name",
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
      // What is in front of them can be delivered; they are asked about again.
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
   * Gives up the items that fail again after a pause while something else works. A failure that is
   * new may be a moment's trouble of GitHub's, however many tries fell into that moment.
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

  /** GitHub may have come back just now: the last try is made after something else worked. */
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
    return new TransientFailureException("an item is not complete; it is tried again", null);
  }
}
