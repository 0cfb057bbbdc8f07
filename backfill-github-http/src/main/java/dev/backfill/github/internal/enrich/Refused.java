package dev.backfill.github.internal.enrich;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A check that distinguishes refusals of a few items from the refusal of a stream. Used by one
 * session.
 *
 * @param <T> the kind of item
 */
public final class Refused<T> {

  /** The number of equal refusals in a row that cannot be accidents of the items. */
  static final int MAX_IN_A_ROW = 10;

  /** The same number while nothing has worked before. */
  static final int MAX_AT_FIRST = 3;

  private final boolean limited;
  private @Nullable Reason reason;
  private int inARow;
  private boolean worked;

  private Refused(boolean limited) {
    this.limited = limited;
  }

  /** Creates a check that stops a stream with too many refused items. */
  public static <T> Refused<T> limited() {
    return new Refused<>(true);
  }

  /**
   * Creates a check that accepts any number of refusals, since items of the quarantine were refused
   * before.
   */
  public static <T> Refused<T> unlimited() {
    return new Refused<>(false);
  }

  /**
   * Checks items in their order.
   *
   * @throws PermanentFailureException if the stream is refused, not just these items
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

  /** Returns true if the item has been deleted. */
  public static boolean isDeleted(PermanentFailureException refusal) {
    return refusal.reason() == Reason.NOT_FOUND || refusal.reason() == Reason.GONE;
  }

  /**
   * Returns true if a refusal may concern the token or the request. Deletions do not: they are
   * normal in any number.
   */
  private boolean isOfMany(PermanentFailureException refusal) {
    return limited && !isDeleted(refusal);
  }
}
