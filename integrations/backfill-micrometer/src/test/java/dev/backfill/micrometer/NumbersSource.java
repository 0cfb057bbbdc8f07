package dev.backfill.micrometer;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The numbers from 1 on of any number of targets; a request takes two seconds. */
final class NumbersSource implements PullSource<Integer> {

  static final int SIZE = 60;

  private final String name;
  private final ManualTimeSource time;

  /** What happens before the next fetches of a target. */
  final Map<String, Deque<Step>> scripts = new HashMap<>();

  /** Targets of which the items 7 and 8 cannot be stored. */
  final Set<String> poisoned = new HashSet<>();

  @Nullable Quota quota;

  /** Something that happens before a fetch. */
  interface Step {
    void run() throws InterruptedException;
  }

  NumbersSource(String name, ManualTimeSource time) {
    this.name = name;
    this.time = time;
  }

  NumbersSource before(String target, Step step) {
    scripts.computeIfAbsent(target, each -> new ArrayDeque<>()).add(step);
    return this;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String itemKey(Integer item) {
    return item.toString();
  }

  @Override
  public SourceSession<Integer> open(String target, Cursor from) {
    return new Session(target, from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  private final class Session implements SourceSession<Integer> {

    private final String target;
    private int done;

    Session(String target, int done) {
      this.target = target;
      this.done = done;
    }

    @Override
    public Chunk<Integer> next(int size, long reserve) throws InterruptedException {
      Deque<Step> script = scripts.getOrDefault(target, new ArrayDeque<>());
      if (!script.isEmpty()) {
        script.remove().run();
      }
      time.advance(Duration.ofSeconds(2));
      List<Integer> items = new ArrayList<>();
      List<RejectedItem> rejected = new ArrayList<>();
      for (int i = 0; i < size && done < SIZE; i++) {
        done++;
        if (poisoned.contains(target) && (done == 7 || done == 8)) {
          rejected.add(new RejectedItem(String.valueOf(done), "it has no author", ""));
        } else {
          items.add(done);
        }
      }
      return new Chunk<>(items, rejected, new Cursor(String.valueOf(done)), done == SIZE, 3);
    }

    @Override
    public @Nullable Quota quota() {
      return quota;
    }

    @Override
    public Total total() {
      return Total.exact(SIZE);
    }

    @Override
    public void close() {}
  }
}
