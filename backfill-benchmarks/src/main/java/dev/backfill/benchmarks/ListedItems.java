package dev.backfill.benchmarks;

import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source without cost, whose items are in memory.
 *
 * @param <T> the kind of item
 */
public final class ListedItems<T> implements PullSource<T> {

  private final List<T> items;

  /**
   * Creates it.
   *
   * @param items the items
   */
  public ListedItems(List<T> items) {
    this.items = List.copyOf(items);
  }

  @Override
  public String name() {
    return "benchmark:items";
  }

  @Override
  public String itemKey(T item) {
    return item.toString();
  }

  @Override
  public SourceSession<T> open(String target, Cursor from) {
    return new Session(from.isStart() ? 0 : Integer.parseInt(from.value()));
  }

  private final class Session implements SourceSession<T> {

    private int done;

    Session(int done) {
      this.done = done;
    }

    @Override
    public Chunk<T> next(int size, long reserve) {
      int end = Math.min(items.size(), done + size);
      List<T> chunk = items.subList(done, end);
      done = end;
      return new Chunk<>(
          chunk, List.of(), new Cursor(String.valueOf(done)), done == items.size(), 0);
    }

    @Override
    public @Nullable Quota quota() {
      return null;
    }

    @Override
    public Total total() {
      return Total.exact(items.size());
    }

    @Override
    public void close() {}
  }
}
