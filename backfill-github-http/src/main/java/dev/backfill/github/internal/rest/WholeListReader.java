package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.ListPosition;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a short list without an order once, from its first page to its last one. An item that is
 * deleted meanwhile moves others to a page that was read before, so that a pass may miss them. The
 * next pass then finds another list; nothing was missed once two passes in a row are equal. A pass
 * that is equal to the one before delivers nothing. Used by one session.
 */
final class WholeListReader<T> implements HistoryReader<T>, RecentReader<T> {

  /** The beginning of a version: a digest of the items, then GitHub's own version if it has one. */
  private static final String DIGEST = "items:";

  /** The max number of pages that a pass compares before it delivers the first one. */
  private static final int MAX_COMPARED = 50;

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final String first;
  private final @Nullable ListVersion before;
  private final @Nullable Function<T, String> key;
  private final MessageDigest sha256 = sha256();
  private final boolean isResumed;
  private final Deque<Page<T>> fetched = new ArrayDeque<>();

  private ListPosition position;
  private @Nullable Page<T> page;
  private @Nullable Instant begunAt;
  private @Nullable ListVersion listVersion;
  private int index;
  private boolean isUnchanged;
  private boolean atEnd;

  /**
   * Creates a reader.
   *
   * @param from the position to continue from, or null for the beginning
   * @param begunAt GitHub's time at which an earlier session began the pass, or null
   * @param before the version of the pass before this one, or null if unknown
   * @param key returns an item's key if passes with the same keys are equal; null to compare whole
   *     items
   */
  WholeListReader(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      @Nullable ListPosition from,
      @Nullable Instant begunAt,
      @Nullable ListVersion before,
      @Nullable Function<T, String> key) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, endpoint.mapper());
    this.first = repository.pathByNumber(endpoint.everything(repository.pages().rest()));
    this.position = from == null ? ListPosition.firstOf(first) : from;
    this.isResumed = !position.equals(ListPosition.firstOf(first));
    this.begunAt = begunAt;
    this.before = before;
    this.key = key;
    this.listVersion = before;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
    if (page != null || atEnd) {
      return;
    }
    if (fetched.isEmpty()) {
      Page<T> begin = begin(budget);
      if (begin == null) {
        isUnchanged = true;
        atEnd = true;
        return;
      }
      add(begin);
      index = Math.min(position.offset(), begin.items().size());
    }
    if (before != null && !isResumed && isEqualTo(before, budget)) {
      isUnchanged = true;
      atEnd = true;
      fetched.clear();
      return;
    }
    page = fetched.poll();
  }

  /** Fetches the first page to read; null if GitHub reports that the list has not changed. */
  private @Nullable Page<T> begin(RequestBudget budget) throws InterruptedException {
    if (isResumed) {
      return fetcher.fetch(position.page(), budget);
    }
    PageFetcher.Versioned<T> changed = fetcher.firstIfChanged(first, etag(before), budget);
    return changed == null ? null : changed.page();
  }

  private void add(Page<T> next) {
    fetched.add(next);
    if (begunAt == null) {
      begunAt = next.asOf();
    }
  }

  /**
   * Fetches the rest of a short list, and compares it with the pass before. A failure leaves the
   * fetched pages for the next call.
   */
  private boolean isEqualTo(ListVersion known, RequestBudget budget) throws InterruptedException {
    Page<T> last = fetched.getLast();
    while (last.next() != null && fetched.size() < MAX_COMPARED) {
      try {
        add(fetcher.fetchAfter(last, last.next(), budget));
      } catch (RateLimitedException e) {
        // The pages at hand are delivered, or a quota for fewer pages would never suffice.
        return false;
      }
      last = fetched.getLast();
    }
    if (last.next() != null) {
      return false;
    }
    ListPosition end = position;
    int from = index;
    for (Page<T> each : fetched) {
      end = behind(end, each.items().subList(from, each.items().size()));
      from = 0;
    }
    if (!digest(end).equals(digest(known)) || behindEnd(last, budget) != null) {
      return false;
    }
    position = end;
    listVersion = version(last, end);
    return true;
  }

  private ListPosition behind(ListPosition start, List<ParsedItem<T>> items) {
    ListPosition end = start;
    for (ParsedItem<T> item : items) {
      end = behind(end, item, end.page(), end.offset() + 1);
    }
    return end;
  }

  private ListPosition behind(ListPosition start, ParsedItem<T> item, String path, int offset) {
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(start.digest()).flip());
    byte[] digest = sha256.digest(text(item).getBytes(StandardCharsets.UTF_8));
    return new ListPosition(
        path,
        offset,
        start.items() + (item.isSkipped() ? 0 : 1),
        ByteBuffer.wrap(digest).getLong());
  }

  /**
   * Returns the part of an item that is compared: its key, or its text without that of its
   * repository, whose times change with each push.
   */
  private String text(ParsedItem<T> item) {
    RejectedItem rejected = item.rejected();
    if (rejected != null) {
      return rejected.key() + rejected.payload();
    }
    T value = item.item();
    return key == null || value == null
        ? String.valueOf(value).replace(repository.current().toString(), "")
        : key.apply(value);
  }

  @Override
  public @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    warmUp(budget);
    while (page != null && index >= page.items().size()) {
      if (fetched.isEmpty() && !fetchAfter(page, budget)) {
        end(page);
        return null;
      }
      page = fetched.poll();
      index = 0;
    }
    if (page == null) {
      return null;
    }
    ParsedItem<T> item = page.items().get(index++);
    position = behind(position, item, page.path(), index);
    return new ReadItem<>(
        item, position, page.bytesPerItem(), () -> endpoint.enrichments().begin(item, repository));
  }

  /** Fetches the page after one; false if it is the last one. */
  private boolean fetchAfter(Page<T> before, RequestBudget budget) throws InterruptedException {
    if (before.next() != null) {
      add(fetcher.fetchAfter(before, before.next(), budget));
      return true;
    }
    Page<T> behind = atEnd ? null : behindEnd(before, budget);
    if (behind != null) {
      add(behind);
    }
    return behind != null;
  }

  /**
   * Fetches the page behind the last one; null if it is empty, or if the list cannot be cut here.
   *
   * @throws BackfillException if GitHub has cut the list
   */
  private @Nullable Page<T> behindEnd(Page<T> last, RequestBudget budget)
      throws InterruptedException {
    String path = last.behindFullEnd();
    Page<T> behind = path == null ? null : fetcher.fetch(path, budget);
    return behind == null || behind.items().isEmpty() ? null : behind;
  }

  private void end(Page<T> last) {
    if (!atEnd) {
      atEnd = true;
      listVersion = version(last, position);
    }
  }

  /**
   * Returns the version of a list. GitHub's own version of its only page is part of it if this
   * reader has read the page from its first item on. It changes with the token, too, so that only
   * the digests are compared.
   */
  private ListVersion version(Page<T> last, ListPosition end) {
    boolean single =
        !isResumed && last.path().equals(first) && last.items().size() < Page.size(first);
    String etag = single ? last.etag() : null;
    return new ListVersion(first, etag == null ? digest(end) : digest(end) + " " + etag);
  }

  private static String digest(ListPosition end) {
    return DIGEST + end.items() + ":" + Long.toHexString(end.digest());
  }

  private @Nullable String digest(@Nullable ListVersion version) {
    return version == null || !version.path().equals(first)
        ? null
        : version.etag().split(" ", 2)[0];
  }

  private @Nullable String etag(@Nullable ListVersion version) {
    int end = version == null || !version.path().equals(first) ? -1 : version.etag().indexOf(' ');
    return version == null || end < 0 ? null : version.etag().substring(end + 1);
  }

  @Override
  public ListPosition position() {
    return position;
  }

  @Override
  public boolean isAtEnd() {
    return atEnd
        || (page != null
            && index >= page.items().size()
            && page.next() == null
            && page.behindFullEnd() == null);
  }

  @Override
  public int buffered() {
    return page == null ? 0 : page.items().size() - index;
  }

  /** Returns the number of items at the end of a pass; before it, that of the items so far. */
  @Override
  public Total total() {
    if (begunAt == null) {
      return Total.UNKNOWN;
    }
    return isAtEnd()
        ? Total.exact(position.items())
        : Total.estimate(position.items() + Math.max(1, buffered()));
  }

  @Override
  public @Nullable Instant asOf() {
    return begunAt;
  }

  @Override
  public @Nullable Instant begunAt() {
    return begunAt;
  }

  @Override
  public boolean isNewestFirst() {
    return false;
  }

  @Override
  public boolean isWhole() {
    return true;
  }

  @Override
  public boolean hasChanges() {
    String read = atEnd ? digest(listVersion) : null;
    return !isUnchanged && (read == null || !read.equals(digest(before)));
  }

  @Override
  public boolean isUnconfirmed() {
    return hasChanges();
  }

  @Override
  public @Nullable ListVersion listVersion() {
    return listVersion;
  }

  @Override
  public void defer(BackfillException failure) {
    // The next request meets the failure itself; these lists are short.
  }

  @Override
  public void prefetch(Reserve reserve) {
    // These lists are short.
  }

  @Override
  public void close() {
    // Nothing is under way between two calls.
  }
}
