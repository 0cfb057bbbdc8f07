package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.json.ParsedItem;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An item and the place behind it.
 *
 * @param item the item
 * @param after the place
 * @param completion begins what the item still needs; each call begins anew
 * @param key its key where the item itself is not there yet, or null
 */
public record Taken<T>(
    ParsedItem<T> item, Position after, Supplier<Completion<T>> completion, @Nullable String key) {

  public Taken(ParsedItem<T> item, Position after, Supplier<Completion<T>> completion) {
    this(item, after, completion, null);
  }

  /** An item of which only the key is known. */
  public static <T> Taken<T> unread(
      String key, Position after, Supplier<Completion<T>> completion) {
    return new Taken<>(new ParsedItem<>(null, null, null), after, completion, key);
  }

  /** An item that needs nothing more. */
  public static <T> Taken<T> whole(ParsedItem<T> item, Position after) {
    return new Taken<>(item, after, () -> Completion.of(item));
  }
}
