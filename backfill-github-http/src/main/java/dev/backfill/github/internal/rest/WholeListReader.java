package dev.backfill.github.internal.rest;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.ListVersion;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.read.RecentReader;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Reads a short list without an order once, from its first page to its last one. An item that is
 * deleted meanwhile moves others to a page that was read before, so that a pass may miss them. The
 * next pass then finds another list; nothing was missed once two passes in a row are equal. Used by
 * one session.
 */
final class WholeListReader<T> implements HistoryReader<T>, RecentReader<T> {

  /** The beginning of a version that is a digest of the items, not GitHub's own. */
  private static final String DIGEST = "items:";

  private final ListEndpoint<T> endpoint;
  private final OpenRepository repository;
  private final PageFetcher<T> fetcher;
  private final String first;
  private final @Nullable ListVersion before;
  private final MessageDigest digest;

  private PagePosition position;
  private @Nullable Page<T> page;
  private @Nullable Instant begunAt;
  private @Nullable ListVersion listVersion;
  private int index;
  private long items;
  private boolean isPartial;
  private boolean isUnchanged;
  private boolean atEnd;

  /**
   * Creates a reader.
   *
   * @param from the position to continue from, or null for the beginning
   * @param begunAt GitHub's time at which an earlier session began the pass, or null
   * @param before the version of the pass before this one, or null if unknown
   */
  WholeListReader(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      @Nullable PagePosition from,
      @Nullable Instant begunAt,
      @Nullable ListVersion before) {
    this.endpoint = endpoint;
    this.repository = repository;
    this.fetcher = new PageFetcher<>(repository, endpoint.mapper());
    this.first = repository.pathByNumber(endpoint.everything(repository.pages().rest()));
    this.position = from == null ? PagePosition.firstOf(first) : from;
    this.begunAt = begunAt;
    this.before = before;
    this.listVersion = before;
    this.isPartial = !position.equals(PagePosition.firstOf(first));
    this.digest = sha256();
  }

  /** Continues a pass of an earlier session, or begins one. */
  static <T> WholeListReader<T> pass(
      ListEndpoint<T> endpoint,
      OpenRepository repository,
      @Nullable ListVersion before,
      ReadStage.@Nullable Run run) {
    return run != null && run.position() instanceof PagePosition place
        ? new WholeListReader<>(endpoint, repository, place, run.begunAt(), before)
        : new WholeListReader<>(endpoint, repository, null, null, before);
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
    if (isPartial) {
      enter(fetcher.fetch(position.page(), budget));
      index = Math.min(position.offset(), index(page));
      return;
    }
    PageFetcher.Versioned<T> fetched = fetcher.firstIfChanged(first, knownEtag(), budget);
    if (fetched == null) {
      isUnchanged = true;
      atEnd = true;
    } else {
      enter(fetched.page());
    }
  }

  private static int index(@Nullable Page<?> page) {
    return page == null ? 0 : page.items().size();
  }

  private @Nullable String knownEtag() {
    return before == null || before.etag().startsWith(DIGEST) || !before.path().equals(first)
        ? null
        : before.etag();
  }

  private void enter(Page<T> fetched) {
    page = fetched;
    index = 0;
    if (begunAt == null) {
      begunAt = fetched.asOf();
    }
    for (ParsedItem<T> item : fetched.items()) {
      digest.update(text(item).getBytes(StandardCharsets.UTF_8));
      items += item.isSkipped() ? 0 : 1;
    }
  }

  private static String text(ParsedItem<?> item) {
    RejectedItem rejected = item.rejected();
    return (rejected == null ? item.item() : rejected.key() + rejected.payload()) + "\n";
  }

  @Override
  public @Nullable ReadItem<T> next(RequestBudget budget) throws InterruptedException {
    warmUp(budget);
    Page<T> current = page;
    while (current != null && index >= current.items().size()) {
      String next = current.next();
      if (next == null) {
        end(current);
        return null;
      }
      Page<T> following = fetcher.fetchAfter(current, next, budget);
      enter(following);
      current = following;
    }
    if (current == null) {
      return null;
    }
    ParsedItem<T> item = current.items().get(index++);
    position = new PagePosition(current.path(), index, item.id());
    return new ReadItem<>(
        item,
        position,
        current.bytesPerItem(),
        () -> endpoint.enrichments().begin(item, repository));
  }

  private void end(Page<T> last) {
    if (atEnd) {
      return;
    }
    atEnd = true;
    listVersion = isPartial ? null : version(last);
  }

  /** Returns GitHub's version of a list on one page that is not full, or a digest of all items. */
  private ListVersion version(Page<T> last) {
    boolean single = last.path().equals(first) && last.items().size() < Page.size(first);
    String etag = last.etag();
    return single && etag != null
        ? new ListVersion(first, etag)
        : new ListVersion(first, DIGEST + HexFormat.of().formatHex(digest.digest()));
  }

  @Override
  public PagePosition position() {
    return position;
  }

  @Override
  public boolean isAtEnd() {
    return atEnd || (page != null && index >= page.items().size() && page.next() == null);
  }

  @Override
  public int buffered() {
    return page == null ? 0 : page.items().size() - index;
  }

  /** Returns the number of items of a whole pass; before its end, that of the pages so far. */
  @Override
  public Total total() {
    if (isUnchanged || page == null) {
      return Total.UNKNOWN;
    }
    return isAtEnd() && !isPartial ? Total.exact(items) : Total.estimate(Math.max(1, items));
  }

  @Override
  public @Nullable Instant asOf() {
    return page == null ? null : page.asOf();
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
    return !isUnchanged && (!atEnd || listVersion == null || !listVersion.equals(before));
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
