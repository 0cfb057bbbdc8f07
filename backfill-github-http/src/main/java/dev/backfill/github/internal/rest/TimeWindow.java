package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.TimePosition;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A part of a list since a time, up to the last moment whose items are all known. It is one page,
 * or more while they contain items of one moment only. Several pages are read again until no other
 * item appears, since a deletion between two of them hides one.
 */
final class TimeWindow<T> {

  /** GitHub's times are whole seconds; it is not documented if {@code since} includes its own. */
  static final Duration TICK = Duration.ofSeconds(1);

  private static final int MAX_ROUNDS = 5;
  private static final int MAX_CONFIRMATIONS = 2;

  private final ListEndpoint<T> endpoint;
  private final String path;
  private final int size;
  private final Instant floor;
  private final TimePosition done;
  private final @Nullable Instant end;
  private final long expected;

  private final Map<Object, Timed<T>> found = new HashMap<>();
  private final Set<Object> inRound = new HashSet<>();
  private int pages;
  private int rounds;
  private long bytes;
  private boolean grown;
  private int confirmations;
  private String nextPage;
  private @Nullable Page<T> lastPage;
  private @Nullable Instant bound;
  private State state = State.OPEN;
  private long remaining = -1;
  private long announced;

  /** The progress of reading a window. */
  private enum State {
    OPEN,
    /** Nothing has changed since it was read before. */
    UNCHANGED,
    /** Some moments are whole, and more follows. */
    WHOLE_MOMENTS,
    /** The list ends in it. */
    LIST_ENDS,
    /** GitHub's page cap is in it. */
    CUT
  }

  /**
   * An item and its place in the order.
   *
   * @param at its time of the last update
   * @param id its number, or 0 if it has none
   * @param isDated true if the item itself contains that time
   */
  record Timed<T>(Instant at, long id, ParsedItem<T> item, boolean isDated) {}

  /**
   * The new items of a window.
   *
   * @param items in the order of update, then of their numbers
   * @param isLast true if nothing follows
   * @param isNearEnd true if lagging replicas may have hidden something of it
   * @param next the time of the next request, or null if nothing follows
   * @param cutAt the moment that GitHub's page cap has cut, or null
   * @param remaining the number of new items in the list from this window's start, or -1 if unknown
   * @param sure true if that is exact
   * @param announced the min number of items that follow
   */
  record Batch<T>(
      List<Timed<T>> items,
      boolean isLast,
      boolean isNearEnd,
      @Nullable Instant next,
      @Nullable Instant cutAt,
      long remaining,
      boolean sure,
      long announced) {

    /**
     * Returns the number of items in the list, given the number that is done before this window.
     */
    Total total(long done) {
      if (remaining < 0) {
        return Total.UNKNOWN;
      }
      return sure && done == 0 ? Total.exact(remaining) : Total.estimate(done + remaining);
    }
  }

  /**
   * Creates a window.
   *
   * @param path its first page
   * @param size items on a page
   * @param since the time in the path, or null for everything
   * @param done the position up to which items are known
   * @param end the last moment to read, or null for all
   * @param expected the min number of items, unless some were deleted
   */
  TimeWindow(
      ListEndpoint<T> endpoint,
      String path,
      int size,
      @Nullable Instant since,
      TimePosition done,
      @Nullable Instant end,
      long expected) {
    this.endpoint = endpoint;
    this.path = path;
    this.size = size;
    this.floor = done.at() != null ? done.at() : since != null ? since : Instant.EPOCH;
    this.done = done;
    this.end = end;
    this.expected = expected;
    this.nextPage = path;
  }

  boolean isComplete() {
    return state != State.OPEN;
  }

  boolean isAtFirstPage() {
    return pages == 0 && rounds == 0 && confirmations == 0;
  }

  String nextPage() {
    return nextPage;
  }

  /** Returns the page that was read last, or null if there was none. */
  @Nullable Page<T> lastPage() {
    return lastPage;
  }

  /** Returns the size of the pages' texts. */
  long bytes() {
    return bytes;
  }

  void unchanged() {
    state = State.UNCHANGED;
  }

  /** Fetches a page behind the first one. */
  void addFurther(PageFetcher<T> fetcher, RequestBudget budget) throws InterruptedException {
    Page<T> page;
    try {
      page = fetcher.fetch(nextPage, budget);
    } catch (PermanentFailureException e) {
      if (!KnownCaps.isRefusedPage(e)) {
        throw e;
      }
      endRound(State.CUT);
      return;
    }
    add(page);
  }

  void add(Page<T> page) {
    pages++;
    bytes += page.bytes();
    lastPage = page;
    List<Timed<T>> timed = timed(page);
    boolean moved = false;
    for (Timed<T> item : timed) {
      Object key = item.id() != 0 ? (Object) item.id() : item.item();
      moved |= inRound.add(key);
      grown |= found.put(key, item) == null;
    }
    boolean full = page.items().size() >= size;
    if (pages == 1) {
      count(page, timed);
    }
    if (pages == 1 && page.next() == null && !full) {
      end(page);
    } else if (pages > 1 && !moved) {
      // An empty page behind the last one; or a server that ignores page numbers.
      endRound(State.LIST_ENDS);
    } else {
      narrow(page, timed);
      Instant whole = bound;
      if (whole != null && found.values().stream().anyMatch(item -> isNewBefore(item, whole))) {
        endRound(State.WHOLE_MOMENTS);
      } else {
        String named = page.next();
        nextPage = named != null ? named : path + "&page=" + (pages + 1);
      }
    }
  }

  /** Ends the list. An early end is read again: items were deleted, or the response was wrong. */
  private void end(Page<T> page) {
    long known = Math.max(expected, found.size());
    if (page.items().size() >= known || confirmations == MAX_CONFIRMATIONS) {
      endRound(State.LIST_ENDS);
      return;
    }
    confirmations++;
    pages = 0;
    inRound.clear();
    nextPage = path;
  }

  /** Ends a round. Several pages are read until another round finds nothing new. */
  private void endRound(State outcome) {
    rounds++;
    boolean stable = pages == 1 || (rounds > 1 && !grown) || rounds >= MAX_ROUNDS;
    if (stable) {
      state = outcome;
      return;
    }
    pages = 0;
    grown = false;
    inRound.clear();
    nextPage = path;
  }

  private boolean isNewBefore(Timed<T> item, Instant moment) {
    return item.at().isBefore(moment) && !done.includes(item.at(), item.id());
  }

  private void count(Page<T> page, List<Timed<T>> timed) {
    long known = timed.stream().filter(item -> done.includes(item.at(), item.id())).count();
    Long last = page.lastNumber();
    long listed = last != null ? last * size : page.items().size();
    boolean unclear = page.isBlank() || (last == null && page.next() != null);
    announced = last == null ? 1 : (last - 1) * size + 1 - known;
    remaining = unclear || KnownCaps.isAtCap(listed) ? -1 : Math.max(0, listed - known);
  }

  /**
   * Sets the moment before which everything is known. The last item's moment may continue on the
   * next page. An item edited just now may still be in its old place, with its new time. So such
   * times are used only if there are no others.
   */
  private void narrow(Page<T> page, List<Timed<T>> timed) {
    Instant settled = page.asOf().minus(RecentReader.OVERLAP);
    Instant last = null;
    Instant before = null;
    for (Timed<T> item : timed) {
      if (!item.isDated() || item.at().isAfter(settled)) {
        continue;
      }
      if (before != null && item.at().isBefore(before)) {
        throw unsorted(page.path());
      }
      before = item.at();
      if (!done.includes(item.at(), item.id())) {
        last = item.at();
      }
    }
    if (last == null && !timed.isEmpty()) {
      last = timed.get(timed.size() - 1).at();
    }
    bound = last;
  }

  private static PermanentFailureException unsorted(String page) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "GitHub's response for "
            + page
            + " is not in the order of update, so items could be skipped. Stored items stay. Check if a"
            + " proxy changes the request's query, and report this if none does.",
        null);
  }

  private List<Timed<T>> timed(Page<T> page) {
    List<Timed<T>> timed = new ArrayList<>(page.items().size());
    Instant before = floor;
    for (ParsedItem<T> item : page.items()) {
      Instant own = endpoint.updatedAt(item);
      // Without a time of its own, the item's place in the list counts.
      before = own == null ? before : own;
      Long id = item.id();
      timed.add(new Timed<>(before, id == null ? 0 : id, item, own != null));
    }
    return timed;
  }

  /** Returns the new items of a complete window. */
  Batch<T> batch() {
    Instant whole = bound;
    boolean ends = state == State.LIST_ENDS;
    boolean cut = state == State.CUT;
    Collection<Timed<T>> all = found.values();
    Instant last = all.stream().map(Timed::at).max(Comparator.naturalOrder()).orElse(floor);
    List<Timed<T>> fresh =
        all.stream()
            .filter(item -> !done.includes(item.at(), item.id()))
            .filter(item -> ends || cut || whole == null || item.at().isBefore(whole))
            .filter(item -> end == null || !item.at().isAfter(end))
            .sorted(Comparator.comparing((Timed<T> item) -> item.at()).thenComparingLong(Timed::id))
            .toList();
    Instant reached = cut ? last.plus(TICK) : whole == null ? last : whole;
    boolean isLast = ends || (end != null && reached.isAfter(end));
    return new Batch<>(
        fresh,
        isLast,
        ends || isUnsettled(last),
        isLast ? null : cut ? reached : reached.minus(TICK),
        cut ? last : null,
        remaining,
        ends && pages == 1,
        announced - fresh.size());
  }

  private boolean isUnsettled(Instant last) {
    Page<T> page = lastPage;
    return page == null || last.isAfter(page.asOf().minus(RecentReader.OVERLAP));
  }
}
