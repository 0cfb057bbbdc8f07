package dev.backfill.cli.world;

import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Keeps the newest version of each item, as a database's table does. */
final class InMemoryTable<T> implements Sink<T> {

  final Map<String, T> items = new TreeMap<>();
  private final Function<T, String> key;
  private final Function<T, Instant> updatedAt;

  InMemoryTable(Function<T, String> key, Function<T, Instant> updatedAt) {
    this.key = key;
    this.updatedAt = updatedAt;
  }

  String keyOf(T item) {
    return key.apply(item);
  }

  Instant updatedAt(String itemKey) {
    T item = items.get(itemKey);
    return item == null ? null : updatedAt.apply(item);
  }

  @Override
  public SinkCounts write(List<T> more, SinkTransaction transaction) {
    int before = items.size();
    more.forEach(
        item ->
            items.merge(
                key.apply(item),
                item,
                (old, next) -> updatedAt.apply(next).isBefore(updatedAt.apply(old)) ? old : next));
    int created = items.size() - before;
    return new SinkCounts(created, more.size() - created);
  }

  @Override
  public OptionalLong count(String scope, SinkTransaction transaction) {
    return OptionalLong.of(items.size());
  }

  @Override
  public Optional<Set<String>> stored(
      String scope, List<String> keys, SinkTransaction transaction) {
    Set<String> known = new HashSet<>(keys);
    known.retainAll(items.keySet());
    return Optional.of(known);
  }
}
