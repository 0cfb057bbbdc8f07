package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.http.Budget;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to complete some items, several at a time and begun in order. Remembers who failed
 * before somebody else succeeded: then it is the item, not GitHub.
 */
final class Round<T> {

  static final int TRIES = 3;

  private final List<Slot<T>> slots;
  private final Workplace workplace;
  private final Budget budget;
  private final Map<Slot<T>, Integer> failedAt = new HashMap<>();

  private int next;
  private int clock;
  private int lastSuccess;
  private int failuresInARow;
  private boolean stopped;
  private @Nullable BackfillException cause;

  Round(List<Slot<T>> slots, Workplace workplace, Budget budget) {
    this.slots = slots;
    this.workplace = workplace;
    this.budget = budget;
  }

  /** Works until nothing is left or somebody stops. */
  void work() throws InterruptedException {
    while (hasMore()) {
      // The turn first: whoever waited for it with an item in hand would hold back those behind it.
      Hands.Turn turn = workplace.hands().take();
      try {
        Slot<T> slot = nextSlot();
        if (slot != null) {
          attempt(slot, turn);
        }
      } catch (RuntimeException | Error e) {
        stop(e instanceof BackfillException failure ? failure : null);
        if (!(e instanceof BackfillException)) {
          throw e;
        }
      } finally {
        workplace.hands().giveBack();
      }
    }
  }

  private void attempt(Slot<T> slot, Hands.Turn turn) throws InterruptedException {
    for (int tries = 1; ; tries++) {
      try {
        slot.complete(budget);
        if (!slot.isRefused()) {
          succeeded();
          workplace
              .hands()
              .succeeded(turn, () -> workplace.api().quota(slot.resource()), budget.reserve());
        }
        return;
      } catch (RateLimitedException e) {
        if (e.kind() == RateLimitedException.Kind.SECONDARY) {
          workplace.hands().slowDown(turn);
        }
        throw e;
      } catch (TransientFailureException e) {
        if (tries == 1) {
          // Later ones may tell more about the item than about GitHub.
          workplace.hands().slowDown(turn);
        }
        if (!workplace.api().isOpen(slot.resource(), budget.reserve())) {
          // Trying again would only meet the limit, and hide what has just been said.
          throw e;
        }
        if (tries == TRIES) {
          slot.failed(e);
          failed(slot, e);
          return;
        }
      }
    }
  }

  private synchronized boolean hasMore() {
    return !stopped && next < slots.size();
  }

  private synchronized @Nullable Slot<T> nextSlot() {
    return hasMore() ? slots.get(next++) : null;
  }

  private synchronized void succeeded() {
    lastSuccess = ++clock;
    failuresInARow = 0;
  }

  private synchronized void failed(Slot<T> slot, TransientFailureException e) {
    failedAt.put(slot, ++clock);
    // Nothing but failures: GitHub is down, and the rest would only add to its troubles.
    if (++failuresInARow > workplace.hands().bound()) {
      stop(e);
    }
  }

  synchronized void stop(@Nullable BackfillException why) {
    stopped = true;
    // What ends the job is worth more than what only makes it wait.
    if (why != null && !(cause instanceof PermanentFailureException)) {
      cause = why;
    }
  }

  synchronized @Nullable BackfillException cause() {
    return cause;
  }

  synchronized boolean succeededAfter(Slot<T> slot) {
    Integer at = failedAt.get(slot);
    return at != null && lastSuccess > at;
  }

  synchronized boolean hasFailed(Slot<T> slot) {
    return failedAt.containsKey(slot);
  }
}
