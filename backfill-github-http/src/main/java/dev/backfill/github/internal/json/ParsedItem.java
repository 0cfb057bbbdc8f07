package dev.backfill.github.internal.json;

import dev.backfill.api.source.RejectedItem;
import org.jspecify.annotations.Nullable;

/**
 * One element of a list: an item, or what is wrong with it; both for an item that lacks something.
 *
 * @param id GitHub's number for it, or null when that cannot be read
 * @param item the item, or null when nothing of it can be stored
 * @param rejected what is wrong, or null when nothing is
 */
public record ParsedItem<T>(@Nullable Long id, @Nullable T item, @Nullable RejectedItem rejected) {

  public static <T> ParsedItem<T> of(@Nullable Long id, T item) {
    return new ParsedItem<>(id, item, null);
  }

  /** An item that is stored as far as it is known, and rejected for what is missing. */
  public static <T> ParsedItem<T> partial(@Nullable Long id, T item, RejectedItem missing) {
    return new ParsedItem<>(
        id, item, new RejectedItem(missing.key(), missing.error(), missing.payload(), true));
  }

  public static <T> ParsedItem<T> rejected(@Nullable Long id, RejectedItem rejected) {
    return new ParsedItem<>(id, null, rejected);
  }
}
