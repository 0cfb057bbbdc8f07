package dev.backfill.github.internal.enrich;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Tells the refusal of a few items from that of a stream. Belongs to one session.
 *
 * @param <T> the kind of item
 */
public final class Refused<T> {

  /** So many refusals of one kind in a row are no accident of the items. */
  static final int MAX_IN_A_ROW = 10;

  /** So many are enough where nothing has worked before. */
  static final int MAX_AT_FIRST = 3;

  private final boolean limited;
  private @Nullable Reason reason;
  private int inARow;
  private boolean worked;

  private Refused(boolean limited) {
    this.limited = limited;
  }

  /** Stops a stream of which too many items are refused. */
  public static <T> Refused<T> limited() {
    return new Refused<>(true);
  }

  /** Lets any number of items be refused, as those of the quarantine were before. */
  public static <T> Refused<T> unlimited() {
    return new Refused<>(false);
  }

  /**
   * Takes note of items in their order.
   *
   * @throws PermanentFailureException when it is not these items that are refused
   */
  void check(List<PendingItem<T>> items) {
    PermanentFailureException last = null;
    for (PendingItem<T> pending : items) {
      if (pending.cameWhole()) {
        continue;
      }
      last = pending.refusal();
      if (last == null) {
        worked = true;
        inARow = 0;
        continue;
      }
      inARow = last.reason() == reason ? inARow + 1 : 1;
      reason = last.reason();
      if (inARow >= MAX_IN_A_ROW && isOfMany(last)) {
        throw last;
      }
    }
    if (last != null && !worked && inARow >= MAX_AT_FIRST && isOfMany(last)) {
      throw last;
    }
  }

  /** Whether the item is not there any more. */
  public static boolean isDeleted(PermanentFailureException refusal) {
    return refusal.reason() == Reason.NOT_FOUND || refusal.reason() == Reason.GONE;
  }

  /** Items are deleted at any rate; the others say something about the token or the request. */
  private boolean isOfMany(PermanentFailureException refusal) {
    return limited && !isDeleted(refusal);
  }
}
