package dev.backfill.github.internal.pull;

import dev.backfill.github.internal.json.ItemMapper;
import java.util.Set;

/**
 * One kind of list.
 *
 * @param firstPage the list within {@code /repos/owner/name}, with its query
 * @param mapper makes its items
 * @param enricher begins what each item still needs
 * @param extras what each item is read with, by name; part of the cursor
 */
public record Listing<T>(
    String firstPage, ItemMapper<T> mapper, Enricher<T> enricher, Set<String> extras) {

  /** Copies the set. */
  public Listing {
    extras = Set.copyOf(extras);
  }
}
