package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.util.Locale;

/**
 * Page caps of GitHub: a long list of a whole repository ends early, as do its last page and its
 * count. Behind the cap GitHub answers 422.
 */
public final class KnownCaps {

  private KnownCaps() {}

  /**
   * Checks whether a count is one at which GitHub has been seen to end lists, so that there may be
   * any number of items.
   *
   * @param items a count of GitHub's
   */
  public static boolean isAtCap(long items) {
    return items == 30_000 || items == 40_000;
  }

  /** Checks whether a failure is GitHub's response to a page behind a cap. */
  public static boolean isRefusedPage(BackfillException failure) {
    return failure instanceof PermanentFailureException refused
        && refused.reason() == Reason.INVALID_REQUEST
        && isRefusedPage(String.valueOf(refused.getMessage()));
  }

  /** Checks whether the text of a 422 is that of a page behind a cap. */
  private static boolean isRefusedPage(String message) {
    return message.toLowerCase(Locale.ROOT).contains("pagination");
  }
}
