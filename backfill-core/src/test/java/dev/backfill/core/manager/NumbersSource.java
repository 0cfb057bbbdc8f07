package dev.backfill.core.manager;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The numbers from 1 on of any number of targets, read a page at a time from a shared quota. */
final class NumbersSource implements PullSource<String> {

  static final int PAGE = 25;

  final Map<String, Integer> sizes = new LinkedHashMap<>();
  final Map<String, BackfillException> failures = new ConcurrentHashMap<>();
  final SharedQuota quota;
  Completeness completeness = Completeness.WHOLE;
  volatile boolean refused;

  /** Whether an item names its target, so that a sink can tell targets apart. */
  boolean namesTargets;

  private final String name;

  NumbersSource(String name, SharedQuota quota) {
    this.name = name;
    this.quota = quota;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SourceSession<String> open(String target, Cursor from) {
    if (refused) {
      throw new InvalidConfigurationException("\"" + target + "\" is no target");
    }
    return new Session(target, from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  @Override
  public String itemKey(String item) {
    return item;
  }

  @Override
  public Optional<KeyListing> listKeys(String target, Cursor at, Cursor from) {
    return Optional.of(new Keys(target, from.isStart() ? 0 : Integer.parseInt(from.value())));
  }

  private void failWhereItShould(String target) {
    BackfillException failure = failures.get(target);
    if (failure != null) {
      throw failure;
    }
  }

  private String item(String target, int number) {
    return namesTargets ? target + "#" + number : String.valueOf(number);
  }

  private int size(String target) {
    return sizes.getOrDefault(target, 0);
  }

  private final class Session implements SourceSession<String> {

    private final String target;
    private int done;
    private int fetched;
    private long spent;

    Session(String target, int done) {
      this.target = target;
      this.done = done;
      this.fetched = done;
    }

    @Override
    public Chunk<String> next(int size, long reserve) throws InterruptedException {
      failWhereItShould(target);
      int end = Math.min(done + size, size(target));
      while (fetched < end || size(target) == 0 && spent == 0) {
        request(reserve);
        fetched = Math.min(fetched / PAGE * PAGE + PAGE, size(target));
      }
      List<String> items = new ArrayList<>();
      while (done < end) {
        items.add(item(target, ++done));
      }
      Cursor next = done == 0 ? Cursor.START : new Cursor(String.valueOf(done));
      long units = spent;
      spent = 0;
      return new Chunk<>(items, List.of(), next, done == size(target), units);
    }

    private void request(long reserve) throws InterruptedException {
      quota.take(reserve);
      spent++;
    }

    @Override
    public @Nullable Quota quota() {
      return quota.quota();
    }

    @Override
    public Completeness completeness() {
      return completeness;
    }

    @Override
    public Total total() {
      return Total.estimate(size(target));
    }

    @Override
    public void close() {}
  }

  private final class Keys implements KeyListing {

    private final String target;
    private int place;
    private long spent;

    Keys(String target, int place) {
      this.target = target;
      this.place = place;
    }

    @Override
    public String scope() {
      return target;
    }

    @Override
    public long count(long reserve) throws InterruptedException {
      failWhereItShould(target);
      quota.take(reserve);
      spent++;
      return size(target);
    }

    @Override
    public Chunk<String> next(long reserve) throws InterruptedException {
      quota.take(reserve);
      spent++;
      List<String> keys = new ArrayList<>();
      while (keys.size() < 100 && place < size(target)) {
        keys.add(item(target, ++place));
      }
      return new Chunk<>(
          keys,
          List.of(),
          new Cursor(String.valueOf(place)),
          place == size(target),
          0,
          Phase.VERIFY);
    }

    @Override
    public @Nullable Quota quota() {
      return quota.quota();
    }

    @Override
    public long quotaSpent() {
      long units = spent;
      spent = 0;
      return units;
    }

    @Override
    public void close() {}
  }
}
