package dev.backfill.github.internal.enrich;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.repository.AdaptiveConcurrency;
import dev.backfill.github.internal.repository.SharedResources;
import dev.backfill.github.internal.transport.RequestBudget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to enrich some items, several at a time and begun in order. It records which items
 * failed before another one succeeded: then the item is the problem, not GitHub.
 */
final class EnrichmentRound<T> {

  static final int MAX_ATTEMPTS = 3;

  private final List<PendingItem<T>> items;
  private final SharedResources shared;
  private final RequestBudget budget;
  private final Map<PendingItem<T>, Integer> failedAt = new HashMap<>();

  private int next;
  private int clock;
  private int lastSuccess;
  private int failuresInARow;
  private boolean stopped;
  private @Nullable BackfillException cause;

  EnrichmentRound(List<PendingItem<T>> items, SharedResources shared, RequestBudget budget) {
    this.items = items;
    this.shared = shared;
    this.budget = budget;
  }

  /** Enriches items until none is left or the round is stopped. */
  void work() throws InterruptedException {
    while (hasMore()) {
      // The permit first: a thread that waited for it with an item in hand would block later items.
      AdaptiveConcurrency.Permit permit = shared.concurrency().acquire();
      try {
        PendingItem<T> pending = nextItem();
        if (pending != null) {
          attempt(pending, permit);
        }
      } catch (RuntimeException | Error e) {
        stop(e instanceof BackfillException failure ? failure : null);
        if (!(e instanceof BackfillException)) {
          throw e;
        }
      } finally {
        shared.concurrency().release();
      }
    }
  }

  private void attempt(PendingItem<T> pending, AdaptiveConcurrency.Permit permit)
      throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        pending.complete(budget);
        if (!pending.isRefused()) {
          succeeded();
          shared
              .concurrency()
              .succeeded(permit, () -> shared.api().quota(pending.resource()), budget.reserve());
        }
        return;
      } catch (RateLimitedException e) {
        if (e.isSecondary()) {
          shared.concurrency().slowDown(permit);
        }
        throw e;
      } catch (TransientFailureException e) {
        if (tries == 1) {
          // Later attempts may depend more on the item than on GitHub.
          shared.concurrency().slowDown(permit);
        }
        if (!shared.api().isOpen(pending.resource(), budget.reserve())) {
          // A retry would only meet the limit, and hide the present failure.
          throw e;
        }
        if (tries == MAX_ATTEMPTS) {
          pending.failed(e);
          failed(pending, e);
          return;
        }
      }
    }
  }

  private synchronized boolean hasMore() {
    return !stopped && next < items.size();
  }

  private synchronized @Nullable PendingItem<T> nextItem() {
    return hasMore() ? items.get(next++) : null;
  }

  private synchronized void succeeded() {
    lastSuccess = ++clock;
    failuresInARow = 0;
  }

  private synchronized void failed(PendingItem<T> pending, TransientFailureException e) {
    failedAt.put(pending, ++clock);
    // Nothing but failures: GitHub is down, and more requests would only add to its load.
    if (++failuresInARow > shared.concurrency().bound()) {
      stop(e);
    }
  }

  synchronized void stop(@Nullable BackfillException why) {
    stopped = true;
    // A failure that ends the job has priority over one that only delays it.
    if (why != null && !(cause instanceof PermanentFailureException)) {
      cause = why;
    }
  }

  synchronized @Nullable BackfillException cause() {
    return cause;
  }

  synchronized boolean succeededAfter(PendingItem<T> pending) {
    Integer at = failedAt.get(pending);
    return at != null && lastSuccess > at;
  }

  synchronized boolean hasFailed(PendingItem<T> pending) {
    return failedAt.containsKey(pending);
  }
}
