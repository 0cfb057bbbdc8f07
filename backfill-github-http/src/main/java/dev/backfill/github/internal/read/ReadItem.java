package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An item and the place behind it.
 *
 * @param item the item
 * @param after the place
 * @param bytes how much of a page's text it had
 * @param enrichment begins what the item still needs; each call begins anew
 * @param key its key where the item itself is not there yet, or null
 */
public record ReadItem<T>(
    ParsedItem<T> item,
    Position after,
    long bytes,
    Supplier<ItemEnrichment<T>> enrichment,
    @Nullable String key) {

  public ReadItem(
      ParsedItem<T> item, Position after, long bytes, Supplier<ItemEnrichment<T>> enrichment) {
    this(item, after, bytes, enrichment, null);
  }

  /** An item of which only the key is known. */
  public static <T> ReadItem<T> unread(
      String key, Position after, long bytes, Supplier<ItemEnrichment<T>> enrichment) {
    return new ReadItem<>(new ParsedItem<>(null, null, null), after, bytes, enrichment, key);
  }

  /** An item that needs nothing more. */
  public static <T> ReadItem<T> whole(ParsedItem<T> item, Position after, long bytes) {
    return new ReadItem<>(item, after, bytes, () -> ItemEnrichment.of(item));
  }
}
