package dev.backfill.core;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The numbers from 1 on, in order; before each call of next it does what the script says. */
final class ScriptedSource implements PullSource<Integer> {

  /** Something to happen instead of, or before, bringing a chunk. */
  interface Step {
    void run() throws InterruptedException;
  }

  final Deque<Step> script = new ArrayDeque<>();
  final Set<Integer> poison = new TreeSet<>();
  final AtomicInteger calls = new AtomicInteger();
  final List<Cursor> openedAt = new ArrayList<>();
  volatile int count;
  volatile @Nullable Quota quota;
  volatile @Nullable Quota quotaAfterFirstRequest;
  final Deque<Integer> changed = new ArrayDeque<>();
  volatile String reading = "";
  Completeness completeness = Completeness.WHOLE;
  Completeness listingCompleteness = Completeness.WHOLE;
  Runnable opening = () -> {};
  boolean canResume = true;
  boolean lists;
  boolean counts = true;
  int overcounted;
  final Set<Integer> hidden = new TreeSet<>();
  final AtomicInteger counted = new AtomicInteger();
  final AtomicInteger listed = new AtomicInteger();
  boolean countsExactly;
  boolean rereads = true;
  boolean rereadsNothing;
  Optional<Class<Integer>> itemType = Optional.empty();

  ScriptedSource(int count) {
    this.count = count;
  }

  @Override
  public String name() {
    return "test:numbers";
  }

  @Override
  public Optional<Class<Integer>> itemType() {
    return itemType;
  }

  @Override
  public SourceSession<Integer> open(String target, Cursor from) {
    openedAt.add(from);
    opening.run();
    return new Session(from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  @Override
  public String itemKey(Integer item) {
    return item.toString();
  }

  @Override
  public boolean canResume(Cursor cursor) {
    return canResume;
  }

  @Override
  public Optional<SourceSession<Integer>> openByKeys(String target, List<String> keys, Cursor at) {
    return rereads ? Optional.of(new Session(keys, at)) : Optional.empty();
  }

  @Override
  public Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return lists ? Optional.of(new Listed(from)) : Optional.empty();
  }

  /** All numbers, ten a page. */
  private final class Listed implements KeyListing {

    private int place;

    Listed(Cursor from) {
      place = from.isStart() ? 0 : Integer.parseInt(from.value());
    }

    @Override
    public String scope() {
      return "numbers";
    }

    @Override
    public long count(long reserve) {
      counted.incrementAndGet();
      if (!counts) {
        throw new PermanentFailureException(Reason.INCOMPATIBLE, "It does not count.", null);
      }
      return count + overcounted;
    }

    @Override
    public Chunk<String> next(long reserve) throws InterruptedException {
      listed.incrementAndGet();
      Step step = script.poll();
      if (step != null) {
        step.run();
      }
      if (listingCompleteness.unavailable()) {
        return new Chunk<>(
            List.of(), List.of(), new Cursor(String.valueOf(place)), true, 0, Phase.VERIFY);
      }
      List<String> keys = new ArrayList<>();
      for (int i = 0; i < 10 && place < count; i++) {
        keys.add(String.valueOf(++place));
      }
      return new Chunk<>(
          keys, List.of(), new Cursor(String.valueOf(place)), place == count, 0, Phase.VERIFY);
    }

    @Override
    public Completeness completeness() {
      return listingCompleteness;
    }

    @Override
    public @Nullable Quota quota() {
      return quota;
    }

    @Override
    public long quotaSpent() {
      return 1;
    }

    @Override
    public void close() {}
  }

  private final class Session implements SourceSession<Integer> {

    private int done;

    private final @Nullable Cursor at;
    private final Deque<Integer> again = new ArrayDeque<>();

    Session(int done) {
      this.done = done;
      this.at = null;
    }

    /** These, where the backfill stands. */
    Session(List<String> keys, Cursor at) {
      this.at = at;
      keys.forEach(key -> again.add(Integer.parseInt(key)));
    }

    @Override
    public Chunk<Integer> next(int size, long reserve) throws InterruptedException {
      calls.incrementAndGet();
      Step step = script.poll();
      if (step != null) {
        step.run();
      }
      if (at != null && rereadsNothing) {
        return new Chunk<>(List.of(), List.of(), at, false, 1, Phase.RETRY);
      }
      if (at != null) {
        return again(size, again, at, Phase.RETRY);
      }
      if (done == count && !changed.isEmpty()) {
        return again(size, changed, new Cursor("" + done), Phase.CATCH_UP);
      }
      List<Integer> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      while (done < count && items.size() + rejected.size() < size) {
        done++;
        if (hidden.contains(done)) {
          continue;
        }
        if (poison.contains(done)) {
          rejected.add(new RejectedItem(String.valueOf(done), "poison", ""));
        } else {
          items.add(done);
        }
      }
      Cursor next = done == 0 ? Cursor.START : new Cursor(String.valueOf(done));
      return new Chunk<>(items, rejected, next, done == count && changed.isEmpty(), 1);
    }

    private Chunk<Integer> again(int size, Deque<Integer> remaining, Cursor at, Phase phase) {
      List<Integer> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      while (!remaining.isEmpty() && items.size() + rejected.size() < size) {
        Integer item = remaining.remove();
        if (poison.contains(item)) {
          rejected.add(new RejectedItem(item.toString(), "poison", ""));
        } else {
          items.add(item);
        }
      }
      return new Chunk<>(items, rejected, at, remaining.isEmpty(), 1, phase);
    }

    @Override
    public Completeness completeness() {
      return completeness;
    }

    @Override
    public String readMode() {
      return reading;
    }

    @Override
    public void prepare() {
      quota = quotaAfterFirstRequest;
    }

    @Override
    public @Nullable Quota quota() {
      return quota;
    }

    @Override
    public Total total() {
      return new Total(true, countsExactly, count);
    }

    @Override
    public void close() {}
  }
}
