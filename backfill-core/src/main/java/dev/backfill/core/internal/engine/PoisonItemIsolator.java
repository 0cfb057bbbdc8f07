package dev.backfill.core.internal.engine;

import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells the items that the store refuses from those that it accepts, by rehearsing halves of a
 * chunk. Halves are rehearsed together with what was accepted before them: what is left passes as a
 * whole, also where two items only refuse each other.
 */
final class PoisonItemIsolator<T> {

  /** What a person needs to look into an item; a body of GitHub's is at most 65,536 characters. */
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
   * Whether the store accepts items: throws what it throws.
   *
   * @param <T> the kind of item
   */
  @FunctionalInterface
  interface Rehearsal<T> {
    void of(List<T> items) throws InterruptedException;
  }

  /** The items that can be stored, in their order, and those that cannot. */
  record Outcome<T>(List<T> accepted, List<RejectedItem> rejected) {}

  /** Divides items of which the store refuses at least one. */
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
