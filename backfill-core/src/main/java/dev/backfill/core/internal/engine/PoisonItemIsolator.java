package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import java.util.ArrayList;
import java.util.List;

/**
 * Isolator of the items that the store refuses. It rehearses halves of a chunk, each together with
 * the items that were accepted before it. So the accepted items pass as a whole, also if two items
 * only refuse each other.
 */
final class PoisonItemIsolator<T> {

  /** Enough to inspect an item: a body of GitHub's has at most 65,536 characters. */
  private static final int MAX_PAYLOAD = 100_000;

  private final PullSource<T> source;
  private final Rehearsal<T> rehearsal;
  private final List<T> accepted = new ArrayList<>();
  private final List<RejectedItem> rejected = new ArrayList<>();

  private PoisonItemIsolator(PullSource<T> source, Rehearsal<T> rehearsal) {
    this.source = source;
    this.rehearsal = rehearsal;
  }

  /**
   * Trial write of items. It throws what the store throws.
   *
   * @param <T> the kind of item
   */
  @FunctionalInterface
  interface Rehearsal<T> {
    void of(List<T> items) throws InterruptedException;
  }

  /** Items that can be stored, in their order, and items that cannot. */
  record Outcome<T>(List<T> accepted, List<RejectedItem> rejected) {}

  /** Divides items of which the store refuses one or more. */
  static <T> Outcome<T> of(List<T> items, PullSource<T> source, Rehearsal<T> rehearsal)
      throws InterruptedException {
    PoisonItemIsolator<T> isolator = new PoisonItemIsolator<>(source, rehearsal);
    isolator.divide(items);
    return new Outcome<>(List.copyOf(isolator.accepted), List.copyOf(isolator.rejected));
  }

  private void divide(List<T> suspects) throws InterruptedException {
    List<T> trial = new ArrayList<>(accepted);
    trial.addAll(suspects);
    try {
      rehearsal.of(List.copyOf(trial));
      accepted.addAll(suspects);
    } catch (PoisonItemException e) {
      if (suspects.size() == 1) {
        rejected.add(rejected(suspects.get(0), e));
      } else {
        int half = suspects.size() / 2;
        divide(suspects.subList(0, half));
        divide(suspects.subList(half, suspects.size()));
      }
    }
  }

  private RejectedItem rejected(T item, PoisonItemException refusal) {
    String payload = source.payload(item);
    return new RejectedItem(
        source.itemKey(item),
        Retrier.message(refusal),
        payload.length() > MAX_PAYLOAD ? payload.substring(0, MAX_PAYLOAD) : payload);
  }
}
