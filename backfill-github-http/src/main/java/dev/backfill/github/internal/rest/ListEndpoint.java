package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.github.internal.json.ItemMapper;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ItemEnrichment;
import dev.backfill.github.internal.read.Timestamps;
import dev.backfill.github.internal.repository.Feature;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
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
 * @param order the order in which it is read
 * @param feature the feature that its repository must have, or null if every repository has it
 * @param mapper creates its items
 * @param times an item's times of creation and of its last change; null for a list without an order
 * @param enrichments creates the enrichments of its items
 * @param extras the extras that each item is read with, by name; part of the cursor
 */
public record ListEndpoint<T>(
    String path,
    String filter,
    Order order,
    @Nullable Feature feature,
    ItemMapper<T> mapper,
    @Nullable Function<T, Timestamps> times,
    EnrichmentFactory<T> enrichments,
    Set<String> extras) {

  private static final Pattern UPDATED_AT = Pattern.compile("\"updated_at\"\\s*:\\s*\"([^\"]+)\"");

  /** Copies the set. */
  public ListEndpoint {
    extras = Set.copyOf(extras);
  }

  /** The order in which a list is read. */
  public enum Order {
    /** By creation: new items are added at the end, and pages are numbered. */
    CREATION,
    /** By update: requests can be limited to changes since a time. */
    UPDATE,
    /** None that can be relied on: the whole list is read, until two passes agree. */
    NONE
  }

  /** Creates a list whose requests can be limited to changes since a time. */
  public static <T> ListEndpoint<T> byUpdate(
      String path, Feature feature, ItemMapper<T> mapper, Function<T, Timestamps> times) {
    return new ListEndpoint<>(
        path, "", Order.UPDATE, feature, mapper, times, new WholeItems<>(path, mapper), Set.of());
  }

  /**
   * Creates a short list without an order that can be relied on.
   *
   * @param filter the parameters of each request, such as {@code "state=all&"}; may be empty
   */
  public static <T> ListEndpoint<T> unordered(String path, String filter, ItemMapper<T> mapper) {
    return new ListEndpoint<>(
        path, filter, Order.NONE, null, mapper, null, new WholeItems<>(path, mapper), Set.of());
  }

  /** A factory for items that are complete in the list. */
  private record WholeItems<T>(String path, ItemMapper<T> mapper) implements EnrichmentFactory<T> {

    @Override
    public ItemEnrichment<T> begin(ParsedItem<T> item, OpenRepository repository) {
      return ItemEnrichment.of(item);
    }

    @Override
    public ItemEnrichment<T> ofKey(String key, OpenRepository repository, Set<String> more) {
      return new SingleItemFetch<>(repository, path, key, mapper);
    }

    @Override
    public int requestsPerItem() {
      return 0;
    }
  }

  /** A factory of enrichments beyond the list. */
  public interface EnrichmentFactory<T> {

    /** Creates the enrichment of an item of the list. */
    ItemEnrichment<T> begin(ParsedItem<T> item, OpenRepository repository);

    /**
     * Creates the enrichment of an item of which only the key is known.
     *
     * @param key a key that the mapper's field accepts
     * @param more the extras to read beside those of the list's items
     */
    ItemEnrichment<T> ofKey(String key, OpenRepository repository, Set<String> more);

    /** Returns the min number of requests for an item of the list. */
    int requestsPerItem();
  }

  /** Returns true if requests can be limited to changes since a time. */
  public boolean takesSince() {
    return order == Order.UPDATE;
  }

  /** Returns true if a refusal means that the list's feature is disabled. */
  public boolean isOff(
      OpenRepository repository, PermanentFailureException refusal, RequestBudget budget)
      throws InterruptedException {
    return feature != null && repository.isOff(feature, refusal, budget);
  }

  /** Returns the note about a list whose feature is disabled. */
  public String offNote() {
    return Objects.requireNonNull(feature, path).note();
  }

  /**
   * Returns an item's times and its number.
   *
   * @throws IllegalStateException if the list has no order
   */
  public Timestamps timesOf(T item) {
    if (times == null) {
      throw new IllegalStateException(path + " has no order");
    }
    return times.apply(item);
  }

  /**
   * Returns the first page of everything, in GitHub's own order.
   *
   * @param size items on a page
   */
  String everything(int size) {
    return path + "?" + filter + "per_page=" + size;
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
      return timesOf(value).updatedAt();
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
        + (takesSince() ? "&since=" + since : "");
  }
}
