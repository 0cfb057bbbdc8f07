package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.json.ParsedItem;
import java.util.function.Supplier;

/**
 * An item and the place behind it.
 *
 * @param item the item
 * @param after the place
 * @param completion begins what the item still needs; each call begins anew
 */
public record Taken<T>(ParsedItem<T> item, Position after, Supplier<Completion<T>> completion) {

  /** An item that needs nothing more. */
  public static <T> Taken<T> whole(ParsedItem<T> item, Position after) {
    return new Taken<>(item, after, () -> Completion.of(item));
  }
}
