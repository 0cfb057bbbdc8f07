package dev.backfill.github.internal.json;

import dev.backfill.api.source.RejectedItem;
import org.jspecify.annotations.Nullable;

/**
 * One element of a list: an item, its error, or both for an item that lacks something.
 *
 * @param id GitHub's number for it, or null if it cannot be read
 * @param item the item, or null if nothing of it can be stored
 * @param rejected the error, or null if there is none
 * @param isSkipped true for an item of another kind, which counts nowhere
 */
public record ParsedItem<T>(
    @Nullable Long id, @Nullable T item, @Nullable RejectedItem rejected, boolean isSkipped) {

  /** Creates an item that is not skipped. */
  public ParsedItem(@Nullable Long id, @Nullable T item, @Nullable RejectedItem rejected) {
    this(id, item, rejected, false);
  }

  /**
   * Creates an item of another kind.
   *
   * @param item its data as far as it can be read, for its times
   */
  static <T> ParsedItem<T> skipped(@Nullable Long id, @Nullable T item) {
    return new ParsedItem<>(id, item, null, true);
  }

  public static <T> ParsedItem<T> of(@Nullable Long id, T item) {
    return new ParsedItem<>(id, item, null);
  }

  /** Creates an item that is stored as far as it is known, and rejected for the missing part. */
  public static <T> ParsedItem<T> partial(@Nullable Long id, T item, RejectedItem missing) {
    return new ParsedItem<>(
        id, item, new RejectedItem(missing.key(), missing.error(), missing.payload(), true));
  }

  public static <T> ParsedItem<T> rejected(@Nullable Long id, RejectedItem rejected) {
    return new ParsedItem<>(id, null, rejected);
  }
}
