package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.http.Budget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Completes the items of a chunk. Belongs to one session. */
final class Crew<T> {

  private final Workplace workplace;
  private final long repositoryId;
  private @Nullable Probe lastGood;

  Crew(Workplace workplace, long repositoryId) {
    this.workplace = workplace;
    this.repositoryId = repositoryId;
  }

  /** Asks once more for something that worked, to tell an item's trouble from GitHub's. */
  @FunctionalInterface
  interface Probe {

    void run(Budget budget) throws InterruptedException;
  }

  void remember(@Nullable Probe probe) {
    if (probe != null) {
      lastGood = probe;
    }
  }

  /**
   * Completes items.
   *
   * @return how many from the first one on are complete; at least 1 unless there are none
   * @throws BackfillException when not even the first one is
   */
  int complete(List<Slot<T>> slots, Budget budget) throws InterruptedException {
    List<Slot<T>> pending = new ArrayList<>();
    for (Slot<T> slot : slots) {
      if (slot.needsRequests()) {
        pending.add(slot);
      } else if (slot.outcome() == null) {
        slot.complete(budget);
      }
    }
    if (pending.isEmpty()) {
      return slots.size();
    }
    Round<T> round = new Round<>(pending, workplace, budget);
    run(round, Math.min(workplace.concurrency(), pending.size()));
    judge(round, pending, budget);
    int ready = 0;
    while (ready < slots.size() && slots.get(ready).outcome() != null) {
      ready++;
    }
    if (ready == 0) {
      throw reason(round, slots.get(0));
    }
    return ready;
  }

  private void run(Round<T> round, int workers) throws InterruptedException {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      running.add(
          workplace
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

  private void judge(Round<T> round, List<Slot<T>> pending, Budget budget)
      throws InterruptedException {
    for (Slot<T> slot : pending) {
      TransientFailureException failure = slot.failure();
      if (failure != null && slot.outcome() == null && round.succeededAfter(slot)) {
        slot.reject(failure);
      }
    }
    Slot<T> first = pending.get(0);
    TransientFailureException failure = first.failure();
    if (first.outcome() == null && failure != null && stillWorks(budget)) {
      first.reject(failure);
    }
    // Not a single one is there: the repository itself may be gone.
    if (!round.hadSuccess() && pending.stream().allMatch(Slot::isMissing)) {
      workplace.directory().verify(repositoryId, budget);
    }
  }

  private boolean stillWorks(Budget budget) throws InterruptedException {
    if (lastGood == null) {
      return false;
    }
    try {
      lastGood.run(budget);
      return true;
    } catch (TransientFailureException e) {
      return false;
    }
  }

  private BackfillException reason(Round<T> round, Slot<T> first) {
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
