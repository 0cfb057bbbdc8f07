package dev.backfill.github.internal.session;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.cursor.CursorState;
import dev.backfill.github.internal.cursor.PagePosition;
import dev.backfill.github.internal.cursor.Position;
import dev.backfill.github.internal.enrich.EnrichedItems;
import dev.backfill.github.internal.enrich.ItemEnricher;
import dev.backfill.github.internal.enrich.PendingItem;
import dev.backfill.github.internal.enrich.Refused;
import dev.backfill.github.internal.json.ParsedItem;
import dev.backfill.github.internal.read.ReadItem;
import dev.backfill.github.internal.repository.OpenRepository;
import dev.backfill.github.internal.repository.RepositoryResolver;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** A session that reads some items of a repository again, each by its key. */
public final class KeyedSession<T> implements SourceSession<T> {

  private final StreamReader<T> reader;
  private final String target;
  private final Cursor at;
  private final @Nullable CursorState state;
  private final List<String> keys;
  private final List<PendingItem<T>> waiting = new ArrayList<>();
  private final LongAdder spent = new LongAdder();
  private @Nullable OpenRepository repository;
  private @Nullable ItemEnricher<T> enricher;
  private int next;

  KeyedSession(StreamReader<T> reader, String target, List<String> keys, Cursor at) {
    this.reader = reader;
    this.target = target;
    this.keys = List.copyOf(keys);
    this.at = at;
    this.state = at.isStart() ? null : CursorState.decode(at);
  }

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    RequestBudget budget = new RequestBudget(Reserve.of(reserve, quota()), spent);
    ItemEnricher<T> enricher = begun(budget);
    while (waiting.size() < size && next < keys.size()) {
      waiting.add(pendingItem(keys.get(next++)));
    }
    int ready = enricher.complete(waiting.subList(0, Math.min(size, waiting.size())), budget);
    EnrichedItems<T> enriched = EnrichedItems.of(waiting.subList(0, ready));
    if (enriched.lastGood() != null) {
      enricher.remember(enriched.lastGood().again());
    }
    waiting.subList(0, ready).clear();
    boolean last = waiting.isEmpty() && next >= keys.size();
    return new Chunk<>(
        enriched.items(),
        enriched.rejected(),
        at,
        last,
        spent.sumThenReset(),
        Phase.RETRY,
        enriched.bytes());
  }

  private ItemEnricher<T> begun(RequestBudget budget) throws InterruptedException {
    ItemEnricher<T> known = enricher;
    if (known == null) {
      Long id = state == null ? null : state.repositoryId();
      RepositoryResolver.Found found = reader.resources().resolver().find(target, id, budget);
      OpenRepository open = new OpenRepository(reader.resources(), found);
      repository = open;
      known = new ItemEnricher<>(reader.resources(), open, null, Refused.unlimited());
      enricher = known;
    }
    return known;
  }

  private PendingItem<T> pendingItem(String key) {
    Position place = new PagePosition("/", 0, null);
    OpenRepository open = repository;
    if (open == null || !reader.endpoint().mapper().key().accepts(key)) {
      RejectedItem unknown =
          new RejectedItem(
              key,
              "GitHub did not return the key of this item, so it cannot be requested alone.",
              "");
      return new PendingItem<>(ReadItem.whole(ParsedItem.rejected(null, unknown), place, 0), key);
    }
    ParsedItem<T> named = new ParsedItem<>(null, null, null);
    // The cursor keeps the extras that everything before it was read with.
    Set<String> before = state == null ? Set.of() : state.extras();
    return new PendingItem<>(
        new ReadItem<>(
            named, place, 0, () -> reader.endpoint().enrichments().ofKey(key, open, before)),
        key);
  }

  @Override
  public void prepare() throws InterruptedException {
    begun(new RequestBudget(0, spent));
  }

  @Override
  public @Nullable Quota quota() {
    return reader.resources().api().quota(ApiResource.CORE);
  }

  @Override
  public Total total() {
    return Total.exact(keys.size());
  }

  @Override
  public void close() {
    waiting.clear();
  }
}
