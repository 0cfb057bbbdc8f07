package dev.backfill.github.internal.read;

import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.json.ParsedItem;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An item and the position behind it.
 *
 * @param item the item
 * @param after the position
 * @param bytes its share of the page's text
 * @param enrichment creates the item's enrichment; each call creates a new one
 * @param key its key if the item itself was not read yet, or null
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

  /** Creates an item of which only the key is known. */
  public static <T> ReadItem<T> unread(
      String key, Position after, long bytes, Supplier<ItemEnrichment<T>> enrichment) {
    return new ReadItem<>(new ParsedItem<>(null, null, null), after, bytes, enrichment, key);
  }

  /** Creates an item that needs nothing more. */
  public static <T> ReadItem<T> whole(ParsedItem<T> item, Position after, long bytes) {
    return new ReadItem<>(item, after, bytes, () -> ItemEnrichment.of(item));
  }
}
