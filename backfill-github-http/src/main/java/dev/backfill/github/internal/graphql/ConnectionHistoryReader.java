package dev.backfill.github.internal.graphql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.cursor.EdgePosition;
import dev.backfill.github.internal.cursor.PageSizes;
import dev.backfill.github.internal.read.HistoryReader;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.PagePrefetcher;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A reader of pull requests, page by page of a connection. If GitHub fails on a page, smaller ones
 * are requested. If it fails on a single pull request, only its number is read, so that REST can
 * read it.
 */
final class ConnectionHistoryReader implements HistoryReader<PullRequest> {

  /** The number of items in a row, refused even alone, that cannot be accidents of the items. */
  private static final int MAX_REFUSED = 3;

  private final PullRequestQuery query;
  private final QueriedItems items;
  private final GitHubApi api;
  private final PagePrefetcher<ConnectionPage> prefetcher;
  private final PageSizer sizer;

  private @Nullable String after;
  private @Nullable ConnectionPage page;
  private int index;
  private int lastNumber;
  private @Nullable String doubted;
  private volatile Total total = Total.UNKNOWN;
  private volatile String reading = "";
  private @Nullable BackfillException deferred;
  private boolean brokenOff;
  private int refusedInARow;
  private @Nullable PermanentFailureException refused;
  private boolean doubtsEnd;

  ConnectionHistoryReader(OpenRepository repository, PullRequestQuery query, EdgePosition from) {
    this.query = query;
    this.items = new QueriedItems(repository, query);
    this.api = repository.api();
    this.prefetcher = repository.prefetcher();
    this.sizer = new PageSizer(from.pageSize(), from.growAfter(), repository.pages());
    this.after = from.after();
  }

  static EdgePosition start() {
    return new EdgePosition(null, PageSizes.DEFAULT.queries(), PageSizer.MIN_SUCCESSES);
  }

  @Override
  public @Nullable ReadItem<PullRequest> next(RequestBudget budget) throws InterruptedException {
    warmUp(budget);
    ConnectionPage current = page;
    while (current != null && index >= current.edges().size()) {
      if (!current.hasNext()) {
        return null;
      }
      current = fetch(budget);
      page = current;
      index = 0;
    }
    if (current == null) {
      return null;
    }
    ConnectionPage.Edge edge = current.edges().get(index);
    JsonNode node = edge.node();
    if (!node.isObject()) {
      // This edge caused the failure, and it is being retried now.
      deferred = null;
      node = alone(edge, budget);
    }
    List<Integer> candidates = numberIn(node) == 0 ? candidates(current, edge, budget) : List.of();
    index++;
    after = edge.cursor();
    lastNumber = numberIn(node);
    return lastNumber == 0
        ? items.unnumbered(edge.cursor(), position(), candidates)
        : items.readItem(node, position(), current.bytesPerItem());
  }

  private static int numberIn(JsonNode node) {
    return node.path("number").canConvertToInt() ? node.path("number").intValue() : 0;
  }

  private List<Integer> candidates(
      ConnectionPage current, ConnectionPage.Edge edge, RequestBudget budget)
      throws InterruptedException {
    if (!edge.cursor().equals(doubted)) {
      // GitHub may have had a passing problem; the caller retries after a pause.
      doubted = edge.cursor();
      throw new TransientFailureException(
          "GitHub's response does not contain the next pull request. Stored items stay. It is"
              + " requested again.",
          null);
    }
    if (!query.isByNumber()) {
      return List.of();
    }
    boolean inPage = index + 1 < current.edges().size();
    int next =
        inPage
            ? numberIn(current.edges().get(index + 1).node())
            : current.hasNext() ? numberIn(numberOf(edge.cursor(), budget)) : 0;
    List<Integer> between = UnnumberedPullRequest.between(lastNumber, next);
    if (between.isEmpty()) {
      throw nameless();
    }
    return between;
  }

  /**
   * Creates the failure for an item without a number, which a retry from quarantine could not read.
   */
  private PermanentFailureException nameless() {
    PermanentFailureException refusal = refused;
    return refusal != null
        ? refusal
        : new PermanentFailureException(
            Reason.INCOMPATIBLE,
            "GitHub's responses to queries contain neither the next pull request nor the one"
                + " behind it. Stored items stay.",
            null);
  }

  /** Requests a node that was missing from a page alone, then only its number. */
  private JsonNode alone(ConnectionPage.Edge edge, RequestBudget budget)
      throws InterruptedException {
    ConnectionPage whole = query.page(edge.before(), 1, budget);
    JsonNode node = node(whole, edge.cursor());
    refused = node == null ? whole.refusal() : null;
    refusedInARow = node != null || whole.refusal() == null ? 0 : refusedInARow + 1;
    if (whole.refusal() != null && refusedInARow >= MAX_REFUSED) {
      throw whole.refusal();
    }
    return node != null ? node : numberOf(edge.before(), budget);
  }

  private static @Nullable JsonNode node(ConnectionPage page, String cursor) {
    return page.edges().stream()
        .filter(edge -> edge.cursor().equals(cursor) && edge.node().isObject())
        .map(ConnectionPage.Edge::node)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void warmUp(RequestBudget budget) throws InterruptedException {
    if (page == null) {
      page = fetch(budget);
      index = 0;
    }
  }

  private ConnectionPage fetch(RequestBudget budget) throws InterruptedException {
    BackfillException kept = deferred;
    if (kept != null) {
      deferred = null;
      throw kept;
    }
    while (true) {
      int size = sizer.size();
      ConnectionPage got = fetchPage(size, budget);
      TransientFailureException overload = got.overload();
      if (overload == null && page != null && got.edges().isEmpty() && !doubtsEnd) {
        // The page before announced more: they were deleted, or the response is wrong.
        doubtsEnd = true;
        continue;
      }
      if (overload == null) {
        doubtsEnd = false;
        sizer.succeeded();
        return entered(got);
      }
      if (size == 1) {
        return entered(single(overload, budget));
      }
      sizer.failed();
      describe();
    }
  }

  /**
   * Fetches a page. If its response breaks off for the second time in a row, the page may be too
   * large.
   */
  private ConnectionPage fetchPage(int size, RequestBudget budget) throws InterruptedException {
    try {
      ConnectionPage got = ahead(size, budget);
      if (got == null) {
        got = query.page(after, size, budget);
      }
      brokenOff = false;
      return got;
    } catch (TransientFailureException e) {
      boolean before = brokenOff;
      brokenOff = GitHubApi.isBrokenOff(e);
      if (before && brokenOff) {
        return ConnectionPage.missing(e);
      }
      throw e;
    }
  }

  private @Nullable ConnectionPage ahead(int size, RequestBudget budget)
      throws InterruptedException {
    try {
      return prefetcher.take(key(size, after), budget);
    } catch (RateLimitedException e) {
      // The limit held when the page was requested; the gate knows the present one.
      return null;
    }
  }

  /** Steps over a pull request on which GitHub fails even alone. */
  private ConnectionPage single(TransientFailureException overload, RequestBudget budget)
      throws InterruptedException {
    // The next ones may be unaffected.
    brokenOff = false;
    sizer.wasNotTheSize();
    describe();
    ConnectionPage numbered;
    try {
      numbered = query.number(after, budget);
    } catch (TransientFailureException e) {
      e.addSuppressed(overload);
      throw e;
    }
    if (numbered.overload() != null) {
      throw overload;
    }
    return numbered;
  }

  private JsonNode numberOf(@Nullable String before, RequestBudget budget)
      throws InterruptedException {
    ConnectionPage numbered = query.number(before, budget);
    if (numbered.overload() != null) {
      throw numbered.overload();
    }
    return numbered.edges().isEmpty() ? MissingNode.getInstance() : numbered.edges().get(0).node();
  }

  private ConnectionPage entered(ConnectionPage next) {
    if (next.totalCount() >= 0) {
      total = Total.exact(next.totalCount());
    }
    describe();
    return next;
  }

  private void describe() {
    int size = sizer.size();
    reading =
        sizer.isMax()
            ? ""
            : "GraphQL pages of "
                + size
                + " pull request"
                + (size == 1 ? "" : "s")
                + ", since GitHub failed on larger ones";
  }

  private static String key(int size, @Nullable String after) {
    return size + " after " + after;
  }

  @Override
  public EdgePosition position() {
    return new EdgePosition(after, sizer.size(), sizer.growAfter());
  }

  @Override
  public @Nullable Instant asOf() {
    return page == null ? null : page.asOf();
  }

  @Override
  public boolean isAtEnd() {
    return page != null && index >= page.edges().size() && !page.hasNext();
  }

  @Override
  public int buffered() {
    return page == null ? 0 : page.edges().size() - index;
  }

  @Override
  public Total total() {
    return total;
  }

  @Override
  public String readMode() {
    return reading;
  }

  @Override
  public void defer(BackfillException failure) {
    // A present limit may have ended by then: the gate knows.
    deferred = failure instanceof RateLimitedException ? null : failure;
  }

  @Override
  public void prefetch(Reserve reserve) {
    ConnectionPage current = page;
    if (current == null || !current.hasNext() || current.edges().isEmpty()) {
      return;
    }
    if (deferred != null || !api.isOpen(ApiResource.GRAPHQL, reserve)) {
      return;
    }
    String last = current.edges().get(current.edges().size() - 1).cursor();
    int size = sizer.size();
    prefetcher.begin(0, key(size, last), budget -> query.page(last, size, budget), reserve);
  }

  @Override
  public void close() {
    prefetcher.cancel();
  }
}
