package dev.backfill.testkit.github;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Rows in the order of a request. The order of creation costs nothing. Other orders are computed
 * once and kept until the rows change. Safe for any number of threads.
 */
final class Ordering {

  /** Positions of rows, in the requested order. */
  record Selection(long size, LongUnaryOperator position) {}

  private record Key(Rows rows, String state, Rows.Order order) {}

  private record Sorted(long version, long[] packed) {}

  private final Map<Key, Sorted> kept = new LinkedHashMap<>();

  /** Returns the rows that a REST request asks for. */
  Selection select(Endpoint endpoint, Rows rows, Map<String, String> query) {
    boolean updated = "updated".equals(query.get("sort"));
    boolean pulls = endpoint == Endpoint.PULL_REQUESTS;
    String normal = pulls && !updated ? "desc" : "asc";
    boolean descending = "desc".equals(query.getOrDefault("direction", normal));
    String state = pulls ? query.getOrDefault("state", "open") : "all";
    @Nullable Instant since = pulls ? null : instant(query.get("since"));

    Sequence sequence = sequence(rows, state, updated ? Rows.Order.UPDATED : Rows.Order.CREATED);
    if (since != null) {
      LongPredicate recent = position -> !rows.updatedAt(position).isBefore(since);
      long[] found =
          LongStream.range(0, sequence.size()).map(sequence::position).filter(recent).toArray();
      return selection(found.length, descending, at -> found[(int) at]);
    }
    return selection(sequence.size(), descending, sequence::position);
  }

  /** Returns the rows in a state, in rising order. */
  Sequence sequence(Rows rows, String state, Rows.Order order) {
    if (order == Rows.Order.CREATED && state.equals("all") && !rows.hasGaps()) {
      return Sequence.ofAll(rows.size());
    }
    return Sequence.ofPacked(sorted(new Key(rows, state, order)));
  }

  private static Selection selection(long size, boolean descending, LongUnaryOperator rising) {
    return new Selection(size, descending ? at -> rising.applyAsLong(size - 1 - at) : rising);
  }

  private synchronized long[] sorted(Key key) {
    long version = key.rows().version();
    Sorted sorted = kept.get(key);
    if (sorted == null || sorted.version() != version) {
      sorted = new Sorted(version, sort(key));
      kept.put(key, sorted);
    }
    return sorted.packed();
  }

  private static long[] sort(Key key) {
    Rows rows = key.rows();
    return LongStream.range(0, rows.size())
        .filter(position -> rows.isIn(position, key.state()))
        .map(position -> Sequence.pack(rows.key(key.order(), position), position))
        .sorted()
        .toArray();
  }

  private static @Nullable Instant instant(@Nullable String text) {
    try {
      return text == null ? null : Instant.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }
}
