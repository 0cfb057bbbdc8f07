package dev.backfill.github.internal.session;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.github.internal.cursor.CursorState;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.cursor.ReadStage;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.rest.KeyList;
import dev.backfill.github.internal.rest.ListCounter;
import dev.backfill.github.internal.rest.Page;
import dev.backfill.github.internal.rest.RestStrategy;
import dev.backfill.github.internal.rest.TimeStrategy;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Lists the keys of a repository's items by the REST API, a page of the list at a time. */
public final class PagedKeyListing<T> implements KeyListing {

  private final StreamReader<T> reader;
  private final String target;
  private final @Nullable CursorState at;
  private final @Nullable CursorState from;
  private final LongAdder spent = new LongAdder();
  private @Nullable OpenRepository repository;
  private @Nullable KeyList<T> pages;

  PagedKeyListing(StreamReader<T> reader, String target, Cursor at, Cursor from) {
    this.reader = reader;
    this.target = target;
    this.at = at.isStart() ? null : CursorState.decode(at);
    this.from = from.isStart() ? null : CursorState.decode(from);
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
          .count(open.pathByNumber(""), reader.listing(), budget)
          .items();
    } catch (PermanentFailureException e) {
      if (!open.isOff(reader.listing().feature(), e, budget)) {
        throw e;
      }
      return 0;
    }
  }

  @Override
  public Page next(long reserve) throws InterruptedException {
    RequestBudget budget = new RequestBudget(Reserve.of(reserve, quota()), spent);
    OpenRepository open = opened(budget);
    KeyList<T> list = pages;
    if (list == null) {
      Position begin =
          from != null && from.stage() instanceof ReadStage.History place ? place.position() : null;
      list = list(open, begin);
      pages = list;
    }
    List<String> keys = new ArrayList<>();
    boolean off = false;
    try {
      take(list, keys, budget);
    } catch (PermanentFailureException e) {
      off = open.isOff(reader.listing().feature(), e, budget);
      if (!off) {
        throw e;
      }
    }
    Cursor place =
        new CursorState(open.id(), Set.of(), new ReadStage.History(Instant.EPOCH, list.position()))
            .encode();
    return new Page(keys, place, off || list.isAtEnd());
  }

  private void take(KeyList<T> list, List<String> keys, RequestBudget budget)
      throws InterruptedException {
    for (ParsedItem<T> item : list.next(budget)) {
      String key = key(item);
      if (!key.isEmpty()) {
        keys.add(key);
      }
    }
  }

  /** A list by time is not moved by deletions; one by page numbers is read with overlap. */
  private KeyList<T> list(OpenRepository open, @Nullable Position begin) {
    return reader.listing().takesSince()
        ? KeyList.of(new TimeStrategy<>(reader.listing()).history(open, begin))
        : new RestStrategy<>(reader.listing()).list(open, begin);
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
      RepositoryResolver.Found found = reader.workplace().directory().find(target, id, budget);
      open = new OpenRepository(reader.workplace(), found);
      repository = open;
    }
    return open;
  }

  @Override
  public @Nullable Quota quota() {
    return reader.workplace().api().quota(ApiResource.CORE);
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
