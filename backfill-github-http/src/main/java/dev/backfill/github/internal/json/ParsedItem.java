package dev.backfill.github.internal.json;

import dev.backfill.api.source.RejectedItem;
import org.jspecify.annotations.Nullable;

/**
 * One element of a list: an item, or what is wrong with it.
 *
 * @param id GitHub's number for it, or null when that cannot be read
 * @param item the item, or null when it is rejected
 * @param rejected what is wrong, or null when there is an item
 */
public record ParsedItem<T>(@Nullable Long id, @Nullable T item, @Nullable RejectedItem rejected) {

  public static <T> ParsedItem<T> of(@Nullable Long id, T item) {
    return new ParsedItem<>(id, item, null);
  }

  public static <T> ParsedItem<T> rejected(@Nullable Long id, RejectedItem rejected) {
    return new ParsedItem<>(id, null, rejected);
  }
}
