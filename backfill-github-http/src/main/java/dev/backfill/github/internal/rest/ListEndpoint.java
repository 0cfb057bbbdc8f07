package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.repository.OpenRepository;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One kind of list.
 *
 * @param path the list within its repository
 * @param filter the parameters of each request, as the beginning of a query; may be empty
 * @param takesSince true if requests can be limited to changes since a time
 * @param mapper creates its items
 * @param times an item's times of creation and of its last change
 * @param enrichments creates the enrichments of its items
 * @param extras the extras that each item is read with, by name; part of the cursor
 */
public record ListEndpoint<T>(
    String path,
    String filter,
    boolean takesSince,
    ItemMapper<T> mapper,
    Function<T, Timestamps> times,
    EnrichmentFactory<T> enrichments,
    Set<String> extras) {

  private static final Pattern UPDATED_AT = Pattern.compile("\"updated_at\"\\s*:\\s*\"([^\"]+)\"");

  /** Copies the set. */
  public ListEndpoint {
    extras = Set.copyOf(extras);
  }

  /** A factory of enrichments beyond the list. */
  public interface EnrichmentFactory<T> {

    /** Creates the enrichment of an item of the list. */
    ItemEnrichment<T> begin(ParsedItem<T> item, OpenRepository repository);

    /**
     * Creates the enrichment of an item of which only the key is known.
     *
     * @param number the number or id that is its key
     * @param more the extras to read beside those of the list's items
     */
    ItemEnrichment<T> ofKey(long number, OpenRepository repository, Set<String> more);

    /** Returns the min number of requests for an item of the list. */
    int requestsPerItem();
  }

  /** Returns the feature that its repository must have. */
  public Feature feature() {
    return path.startsWith("/issues") ? Feature.ISSUES : Feature.PULL_REQUESTS;
  }

  /**
   * Returns the first page of everything, oldest first.
   *
   * @param size items on a page
   */
  String oldestFirst(int size) {
    return path + "?" + filter + "sort=created&direction=asc&per_page=" + size;
  }

  /**
   * Returns the first page of items updated at a time or later, oldest update first.
   *
   * @param since the time, or null for everything; GitHub returns nothing for some lists since
   *     1970, so the first request contains no time
   * @param size items on a page
   */
  String oldestUpdateFirst(@Nullable Instant since, int size) {
    return path
        + "?"
        + filter
        + "sort=updated&direction=asc"
        + (since == null ? "" : "&since=" + since)
        + "&per_page="
        + size;
  }

  /** Returns an item's time of its last update, or null if it has none. */
  @Nullable Instant updatedAt(ParsedItem<T> listed) {
    T value = listed.item();
    if (value != null) {
      return times.apply(value).updatedAt();
    }
    return listed.rejected() == null ? null : updatedAt(listed.rejected().payload());
  }

  private static @Nullable Instant updatedAt(String payload) {
    Matcher matcher = UPDATED_AT.matcher(payload);
    try {
      return matcher.find() ? Instant.parse(matcher.group(1)) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  /** Returns the first of as many pages as there are items. */
  String pagesOfOne() {
    return path + "?" + filter + "per_page=1";
  }

  /**
   * Returns the first page of changes, newest first.
   *
   * @param size items on a page
   */
  String newestFirst(Instant since, int size) {
    return path
        + "?"
        + filter
        + "sort=updated&direction=desc&per_page="
        + size
        + (takesSince ? "&since=" + since : "");
  }
}
