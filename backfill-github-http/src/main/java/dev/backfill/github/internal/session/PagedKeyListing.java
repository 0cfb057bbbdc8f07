package dev.backfill.github.internal.session;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.github.internal.cursor.CursorState;
import dev.backfill.github.internal.cursor.ListGap;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ReadStrategy;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.rest.KeyList;
import dev.backfill.github.internal.rest.KnownCaps;
import dev.backfill.github.internal.rest.ListCounter;
import dev.backfill.github.internal.rest.ListEndpoint;
import dev.backfill.github.internal.rest.RestStrategy;
import dev.backfill.github.internal.rest.TimeStrategy;
import dev.backfill.github.internal.rest.WholeListStrategy;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * A listing of a repository's keys by the REST API, a page at a time. Behind a page cap queries
 * list all of them, if they can be used; else the listing has a gap.
 */
public final class PagedKeyListing<T> implements KeyListing {

  private final StreamReader<T> reader;
  private final String target;
  private final @Nullable CursorState at;
  private final @Nullable CursorState from;
  private final LongAdder spent = new LongAdder();
  private @Nullable OpenRepository repository;
  private @Nullable KeyList<T> pages;
  private volatile ApiResource resource = ApiResource.CORE;
  private volatile @Nullable ListGap gap;
  private boolean switchedOff;

  PagedKeyListing(StreamReader<T> reader, String target, Cursor at, Cursor from) {
    this.reader = reader;
    this.target = target;
    this.at = at.isStart() ? null : CursorState.decode(at);
    this.from = from.isStart() ? null : CursorState.decode(from);
    this.gap = this.from == null ? null : this.from.gap();
  }

  @Override
  public @Nullable String scope() {
    OpenRepository open = repository;
    if (open != null) {
      return Long.toString(open.id());
    }
    return at == null ? null : Long.toString(at.repositoryId());
  }

  @Override
  public long count(long reserve) throws InterruptedException {
    RequestBudget budget = new RequestBudget(Reserve.of(reserve, quota()), spent);
    OpenRepository open = opened(budget);
    try {
      return new ListCounter(open.api())
          .count(open.pathByNumber(""), reader.endpoint(), budget)
          .items();
    } catch (PermanentFailureException e) {
      endWhereOff(open, e, budget);
      return 0;
    }
  }

  @Override
  public Chunk<String> next(long reserve) throws InterruptedException {
    RequestBudget budget = new RequestBudget(Reserve.of(reserve, quota()), spent);
    OpenRepository open = opened(budget);
    KeyList<T> list = pages;
    if (list == null) {
      list = list(open, from == null ? null : from.stage());
      pages = list;
    }
    List<String> keys = new ArrayList<>();
    boolean refused = false;
    try {
      fill(list, keys, budget);
    } catch (PermanentFailureException e) {
      refused = KnownCaps.isRefusedPage(e);
      if (!refused) {
        endWhereOff(open, e, budget);
      }
    }
    ListGap cut = refused ? ListGap.OF_REST : list.gap();
    KeyList<T> other = ListGap.OF_REST.equals(cut) ? beyondCap(open, list) : null;
    if (other != null) {
      list = other;
    } else if (cut != null) {
      gap = cut;
    }
    return new Chunk<>(
        keys,
        List.of(),
        new CursorState(open.id(), Set.of(), list.stage(), gap, 0).encode(),
        switchedOff || refused && other == null || list.isAtEnd(),
        spent.sumThenReset(),
        Phase.VERIFY);
  }

  /**
   * Returns a listing by queries, which have no page cap and list everything again; null if they
   * cannot be used.
   */
  private @Nullable KeyList<T> beyondCap(OpenRepository open, KeyList<T> list) {
    ReadStrategy<T> queries = queries();
    if (queries == null || resource == ApiResource.GRAPHQL) {
      return null;
    }
    list.close();
    KeyList<T> other = queried(queries, open, null);
    pages = other;
    return other;
  }

  private @Nullable ReadStrategy<T> queries() {
    return reader.strategies().stream()
        .filter(strategy -> strategy.resource() == ApiResource.GRAPHQL)
        .findFirst()
        .orElse(null);
  }

  private KeyList<T> queried(
      ReadStrategy<T> queries, OpenRepository open, @Nullable Position begin) {
    resource = ApiResource.GRAPHQL;
    return KeyList.of(queries.history(open, begin));
  }

  private void endWhereOff(
      OpenRepository open, PermanentFailureException refusal, RequestBudget budget)
      throws InterruptedException {
    if (!reader.endpoint().isOff(open, refusal, budget)) {
      throw refusal;
    }
    switchedOff = true;
  }

  private void fill(KeyList<T> list, List<String> keys, RequestBudget budget)
      throws InterruptedException {
    for (ParsedItem<T> item : list.next(budget)) {
      String key = item.isSkipped() ? "" : key(item);
      if (!key.isEmpty()) {
        keys.add(key);
      }
    }
  }

  /**
   * Creates the list: by time, which deletions do not move, or by page numbers with overlap. A
   * listing that an earlier session has continued by queries stays with them.
   */
  private KeyList<T> list(OpenRepository open, @Nullable ReadStage stage) {
    ListEndpoint<T> endpoint = reader.endpoint();
    if (endpoint.order() == ListEndpoint.Order.NONE) {
      return new WholeListStrategy<>(endpoint).keys(open, reader.key(), stage);
    }
    Position begin = stage instanceof ReadStage.History place ? place.position() : null;
    if (endpoint.takesSince()) {
      return KeyList.of(new TimeStrategy<>(endpoint).history(open, begin));
    }
    ReadStrategy<T> queries = queries();
    return queries != null && begin != null && queries.reads(begin)
        ? queried(queries, open, begin)
        : new RestStrategy<>(endpoint).list(open, begin);
  }

  private String key(ParsedItem<T> listed) {
    T item = listed.item();
    if (item != null) {
      return reader.key().apply(item);
    }
    return listed.rejected() == null ? "" : listed.rejected().key();
  }

  private OpenRepository opened(RequestBudget budget) throws InterruptedException {
    OpenRepository open = repository;
    if (open == null) {
      Long id = at == null ? null : at.repositoryId();
      RepositoryResolver.Found found = reader.resources().resolver().find(target, id, budget);
      open = new OpenRepository(reader.resources(), found);
      repository = open;
    }
    return open;
  }

  /** Describes the gap; in the same words as the history if it has the same gap. */
  @Override
  public Completeness completeness() {
    Completeness gaps = completeness(gap);
    return switchedOff ? Completeness.unavailable(reader.endpoint().offNote()).and(gaps) : gaps;
  }

  private Completeness completeness(@Nullable ListGap known) {
    if (known == null) {
      return Completeness.WHOLE;
    }
    String path = reader.endpoint().path();
    return at != null && known.equals(at.gap()) ? known.completeness(path) : known.ofKeys(path);
  }

  @Override
  public @Nullable Quota quota() {
    OpenRepository open = repository;
    boolean restOnly = open != null && open.queries().isOver();
    return reader.resources().api().quota(restOnly ? ApiResource.CORE : resource);
  }

  @Override
  public long quotaSpent() {
    return spent.sumThenReset();
  }

  @Override
  public void close() {
    if (pages != null) {
      pages.close();
    }
  }
}
