package dev.backfill.github.internal.rest;

import dev.backfill.api.history.Timestamps;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemEnrichment;
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
 * @param filter what to ask it for, as the beginning of a query; may be empty
 * @param takesSince whether it can be asked for what changed since a time
 * @param mapper makes its items
 * @param times when an item was created, and when it last changed
 * @param enrichments begins what its items still need
 * @param extras what each item is read with, by name; part of the cursor
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

  /** What items need beyond the list. */
  public interface EnrichmentFactory<T> {

    /** Begins what an item of the list still needs. */
    ItemEnrichment<T> begin(ParsedItem<T> item, OpenRepository repository);

    /**
     * Begins to read an item that is known by its key alone.
     *
     * @param number the number or id that is its key
     * @param more what to read it with beside what the list's items are read with
     */
    ItemEnrichment<T> ofKey(long number, OpenRepository repository, Set<String> more);

    /** How many requests an item of the list needs at least. */
    int requestsPerItem();
  }

  /** The feature that its repository must have for it to be there. */
  public Feature feature() {
    return path.startsWith("/issues") ? Feature.ISSUES : Feature.PULL_REQUESTS;
  }

  /**
   * The first page of everything, oldest first.
   *
   * @param size items on a page
   */
  String oldestFirst(int size) {
    return path + "?" + filter + "sort=created&direction=asc&per_page=" + size;
  }

  /**
   * The first page of what was updated at a time or later, oldest update first.
   *
   * @param since the time, or null for everything; GitHub answers some lists with nothing since
   *     1970, so the first request names none
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

  /** When an item was last updated, or null if it does not say so. */
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

  /** The first page of as many as there are items. */
  String pagesOfOne() {
    return path + "?" + filter + "per_page=1";
  }

  /**
   * The first page of what changed, newest first.
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
