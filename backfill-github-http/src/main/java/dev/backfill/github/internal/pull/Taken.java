package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.json.ParsedItem;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An item and the place behind it.
 *
 * @param item the item
 * @param after the place
 * @param bytes how much of a page's text it had
 * @param completion begins what the item still needs; each call begins anew
 * @param key its key where the item itself is not there yet, or null
 */
public record Taken<T>(
    ParsedItem<T> item,
    Position after,
    long bytes,
    Supplier<Completion<T>> completion,
    @Nullable String key) {

  public Taken(ParsedItem<T> item, Position after, long bytes, Supplier<Completion<T>> completion) {
    this(item, after, bytes, completion, null);
  }

  /** An item of which only the key is known. */
  public static <T> Taken<T> unread(
      String key, Position after, long bytes, Supplier<Completion<T>> completion) {
    return new Taken<>(new ParsedItem<>(null, null, null), after, bytes, completion, key);
  }

  /** An item that needs nothing more. */
  public static <T> Taken<T> whole(ParsedItem<T> item, Position after, long bytes) {
    return new Taken<>(item, after, bytes, () -> Completion.of(item));
  }
}
