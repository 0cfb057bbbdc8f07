package dev.backfill.github.internal.pull;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.history.Repository;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.github.internal.http.ApiResource;
import dev.backfill.github.internal.http.Budget;
import dev.backfill.github.internal.json.ParsedItem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads one list of one repository. What it has fetched it keeps until it is delivered. */
public final class PullSession<T> implements Pull<T> {

  private final Workplace workplace;
  private final Listing<T> listing;
  private final Function<T, String> itemKey;
  private final String target;
  private final Cursor opened;
  private final @Nullable CursorState from;

  private final List<Slot<T>> waiting = new ArrayList<>();
  private final LongAdder spent = new LongAdder();
  private volatile @Nullable Reading<T> reading;
  private boolean delivered;
  private boolean closed;

  private PullSession(
      Workplace workplace,
      Listing<T> listing,
      Function<T, String> itemKey,
      String target,
      Cursor from) {
    this.workplace = workplace;
    this.listing = listing;
    this.itemKey = itemKey;
    this.target = target;
    this.opened = from;
    this.from = from.isStart() ? null : CursorState.decode(from);
  }

  public static <T> PullSession<T> open(
      Workplace workplace,
      Listing<T> listing,
      Function<T, String> itemKey,
      String target,
      Cursor from) {
    return new PullSession<>(workplace, listing, itemKey, target, from);
  }

  /** Whether the items that a cursor has passed were read with all these extras. */
  public static boolean covers(Cursor cursor, Set<String> extras) {
    return cursor.isStart() || CursorState.decode(cursor).extras().containsAll(extras);
  }

  /** What is known after the first request. */
  private record Reading<T>(
      Repository repository,
      Instant mark,
      Set<String> extras,
      PageWalker<T> walker,
      Lookahead<T> ahead,
      Crew<T> crew) {}

  @Override
  public Chunk<T> next(int size, long reserve) throws InterruptedException {
    if (size < 1 || reserve < 0) {
      throw new IllegalArgumentException(
          "size is " + size + " and reserve is " + reserve + "; at least 1 and 0 are needed");
    }
    if (closed) {
      throw new IllegalStateException("this session is closed");
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Budget budget = new Budget(reserve, spent);
    Reading<T> now = reading;
    if (now == null) {
      now = begin(budget);
      reading = now;
    }
    fill(now, size, budget);
    List<Slot<T>> wanted = waiting.subList(0, Math.min(size, waiting.size()));
    int ready = now.crew().complete(wanted, budget);
    Chunk<T> chunk = deliver(now, waiting.subList(0, ready));
    if (now.walker().left() + waiting.size() <= size) {
      now.walker().lookAhead(reserve);
    }
    return chunk;
  }

  /** The look-up of the repository tells the quota. */
  @Override
  public void prepare() throws InterruptedException {
    if (reading == null && !closed) {
      reading = begin(new Budget(0, spent));
    }
  }

  private Reading<T> begin(Budget budget) throws InterruptedException {
    Long knownId = from == null ? null : from.repositoryId();
    RepositoryDirectory.Found found = workplace.directory().find(target, knownId, budget);
    Repository repository = found.repository();
    Position position =
        from == null
            ? new Position("/repos/" + repository.fullName() + listing.firstPage(), 0, null)
            : from.position();
    Set<String> extras = new TreeSet<>(listing.extras());
    if (from != null) {
      extras.retainAll(from.extras());
    }
    Lookahead<T> ahead = new Lookahead<>(workplace.executor());
    PageFetcher<T> fetcher = new PageFetcher<>(workplace.api(), listing.mapper(), repository);
    return new Reading<>(
        repository,
        from == null ? found.serverTime() : from.mark(),
        extras,
        new PageWalker<>(fetcher, ahead, workplace.api(), position),
        ahead,
        new Crew<>(workplace, repository.id()));
  }

  /** Takes items from pages until there are enough, or no more can be had now. */
  private void fill(Reading<T> now, int size, Budget budget) throws InterruptedException {
    while (waiting.size() < size) {
      PageWalker.Taken<T> taken;
      try {
        taken = now.walker().take(budget);
      } catch (BackfillException e) {
        if (waiting.isEmpty()) {
          throw e;
        }
        // What is here goes first.
        now.walker().defer(e);
        return;
      }
      if (taken == null) {
        return;
      }
      waiting.add(
          new Slot<>(
              taken,
              key(taken.item()),
              listing.enricher().begin(taken.item(), now.repository(), workplace.api())));
    }
  }

  private String key(ParsedItem<T> item) {
    RejectedItem rejected = item.rejected();
    T value = item.item();
    if (rejected != null) {
      return rejected.key();
    }
    return value == null ? "" : itemKey.apply(value);
  }

  private Chunk<T> deliver(Reading<T> now, List<Slot<T>> slots) {
    List<T> items = new ArrayList<>();
    List<RejectedItem> rejected = new ArrayList<>();
    Position after = null;
    for (Slot<T> slot : slots) {
      ParsedItem<T> outcome = slot.outcome();
      if (outcome != null && outcome.rejected() != null) {
        rejected.add(outcome.rejected());
      } else if (outcome != null && outcome.item() != null) {
        items.add(outcome.item());
        now.crew().remember(probe(now, slot));
      }
      after = slot.after();
    }
    delivered |= !slots.isEmpty();
    slots.clear();
    boolean last = waiting.isEmpty() && now.walker().isAtEnd();
    Position place = after != null ? after : now.walker().position();
    return new Chunk<>(items, rejected, cursor(now, place), last, spent.sumThenReset());
  }

  private Cursor cursor(Reading<T> now, Position place) {
    if (from != null && !delivered) {
      // All that it has passed was read as it says, whatever this session would have left out.
      return opened;
    }
    return new CursorState(now.repository().id(), place, now.extras(), now.mark()).encode();
  }

  private Crew.Probe probe(Reading<T> now, Slot<T> slot) {
    ParsedItem<T> listed = slot.listed();
    return budget ->
        listing.enricher().begin(listed, now.repository(), workplace.api()).complete(budget);
  }

  @Override
  public @Nullable Quota quota() {
    return workplace.api().quota(ApiResource.CORE);
  }

  @Override
  public Total total() {
    Reading<T> now = reading;
    return now == null ? Total.UNKNOWN : now.walker().total();
  }

  @Override
  public void close() {
    closed = true;
    Reading<T> now = reading;
    if (now != null) {
      now.ahead().cancel();
    }
    waiting.clear();
  }
}
