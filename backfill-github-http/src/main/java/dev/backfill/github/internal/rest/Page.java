package dev.backfill.github.internal.rest;

import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.json.ParsedItem;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list.
 *
 * @param path its path and query within the API
 * @param items its items, in order
 * @param neighbours the pages that it links to
 * @param bytes the size of its text; 0 if it had none, not even an empty list
 * @param asOf GitHub's time of the response
 * @param etag GitHub's version of it, or null
 */
public record Page<T>(
    String path,
    List<ParsedItem<T>> items,
    Neighbours neighbours,
    long bytes,
    Instant asOf,
    @Nullable String etag) {

  /**
   * Links to other pages of the list.
   *
   * @param next the page after it, or null for the last one
   * @param previous the page before it, or null if GitHub sent no link
   * @param lastNumber the number of the last page, or null if unknown
   * @param numbered true if the addresses of the next page and of the last one differ only in their
   *     number
   */
  record Neighbours(
      @Nullable String next,
      @Nullable String previous,
      @Nullable Long lastNumber,
      boolean numbered) {

    static final Neighbours NONE = new Neighbours(null, null, null, false);
  }

  /** The size of a page, which is GitHub's max. */
  public static final int SIZE = PagePosition.PAGE_SIZE;

  /** The min number of common items of two pages, so that a few deletions cost no request. */
  private static final int OVERLAP = 3;

  private static final Pattern NUMBER = Pattern.compile("[?&]page=(\\d{1,9})(?:&|$)");
  private static final Pattern PER_PAGE = Pattern.compile("[?&]per_page=([1-9]\\d{0,2})(?:&|$)");
  private static final Pattern PLACE = Pattern.compile("[?&](?:after|before|since)=");

  /** Returns the number of a page; null if its address has none. */
  static @Nullable Long number(String path) {
    Matcher matcher = NUMBER.matcher(path);
    if (matcher.find()) {
      return Long.valueOf(matcher.group(1));
    }
    return PLACE.matcher(path).find() ? null : 1L;
  }

  /** Returns the max number of items on a page with this address. */
  static int size(String path) {
    Matcher matcher = PER_PAGE.matcher(path);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : SIZE;
  }

  /** Returns the number of items before a numbered page. */
  static long start(String path) {
    Long number = number(path);
    return number == null ? 0 : (number - 1) * size(path);
  }

  /** Returns the address of the page after a numbered one. */
  static String following(String path) {
    Long number = number(path);
    return withNumber(path, (number == null ? 0 : number) + 1);
  }

  /** Returns the address of the page before a numbered one; null before the first one. */
  static @Nullable String preceding(String path) {
    Long number = number(path);
    return number == null || number <= 1 ? null : withNumber(path, number - 1);
  }

  /**
   * Returns the address of a page that begins with a few items of the page before and has as many
   * more as possible. The page has another size, since pages of one size have no item in common.
   *
   * @param path the address of the next page, as in GitHub's links
   */
  static String overlapping(String path, PageSizes sizes) {
    Long number = number(path);
    Matcher perPage = PER_PAGE.matcher(path);
    if (number == null || !perPage.find() || !NUMBER.matcher(path).find()) {
      return path;
    }
    long boundary = start(path);
    int best = 0;
    long gain = 0;
    for (int size = sizes.rest(); size >= sizes.rest() / 2; size--) {
      long shared = boundary % size;
      if (shared >= OVERLAP && size - shared > gain) {
        best = size;
        gain = size - shared;
      }
    }
    if (best == 0) {
      return path;
    }
    String sized = path.substring(0, perPage.start(1)) + best + path.substring(perPage.end(1));
    return withNumber(sized, boundary / best + 1);
  }

  /** Returns true if two addresses have a number and differ in nothing else. */
  static boolean isSameSeries(String one, String other) {
    return NUMBER.matcher(one).find() && withNumber(one, 0).equals(withNumber(other, 0));
  }

  /** Returns the address of another page of a series. */
  static String withNumber(String path, long number) {
    Matcher matcher = NUMBER.matcher(path);
    return matcher.find()
        ? path.substring(0, matcher.start(1)) + number + path.substring(matcher.end(1))
        : path;
  }

  @Nullable String next() {
    return neighbours.next();
  }

  @Nullable String previous() {
    return neighbours.previous();
  }

  @Nullable Long lastNumber() {
    return neighbours.lastNumber();
  }

  boolean numbered() {
    return neighbours.numbered();
  }

  /** Returns true if the response contained no list, which may mean that there is nothing. */
  boolean isBlank() {
    return bytes == 0;
  }

  /**
   * Returns the page behind a full last page, which may be GitHub's page cap: a cap answers 422.
   * Null if the list cannot be cut here.
   */
  @Nullable String behindFullEnd() {
    Long number = number(path);
    boolean full = items.size() >= size(path);
    return next() != null || !full || number == null || number < 2
        ? null
        : withNumber(path, number + 1);
  }

  /** Returns true if it is the last page, or empty, although the page before it announced more. */
  boolean endsEarlyAfter(Page<T> before) {
    Long last = before.lastNumber();
    long end = number(path) == null ? Long.MAX_VALUE : start(path) + size(path);
    boolean announced = last != null && end <= (last - 1) * size(before.path());
    return next() == null && !isBlank() && (items.isEmpty() || announced);
  }

  /** Returns the average size of an item's text. */
  long bytesPerItem() {
    return items.isEmpty() ? 0 : bytes / items.size();
  }

  /** Returns the index of the item with this id, or -1. */
  int indexOf(long id) {
    for (int i = 0; i < items.size(); i++) {
      Long candidate = items.get(i).id();
      if (candidate != null && candidate == id) {
        return i;
      }
    }
    return -1;
  }

  /**
   * Returns true if it begins with an item older than this one, as ids ascend in the order of
   * creation.
   */
  boolean beginsBefore(long id) {
    for (ParsedItem<T> item : items) {
      Long candidate = item.id();
      if (candidate != null) {
        return candidate < id;
      }
    }
    return false;
  }

  /**
   * Returns the index to continue at behind an item that is gone. It is that of the first newer
   * item, even if an older one follows, or of items without an id right before it.
   */
  int firstAfter(long id) {
    int from = 0;
    for (int i = 0; i < items.size(); i++) {
      Long candidate = items.get(i).id();
      if (candidate != null && candidate > id) {
        break;
      }
      if (candidate != null) {
        from = i + 1;
      }
    }
    return from;
  }
}
