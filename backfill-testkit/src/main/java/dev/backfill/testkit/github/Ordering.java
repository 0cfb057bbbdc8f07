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
 * Brings rows into the order that a request asks for. The order of creation costs nothing; others
 * are worked out once and kept until the rows change. Safe for any number of threads.
 */
final class Ordering {

  /** Positions of rows, in the order asked for. */
  record Selection(long size, LongUnaryOperator position) {}

  private record Key(Rows rows, String state, boolean updated) {}

  private record Sorted(long version, long[] positions) {}

  private static final int POSITION_BITS = 27;

  private final Map<Key, Sorted> kept = new LinkedHashMap<>();

  Selection select(Endpoint endpoint, Rows rows, Map<String, String> query) {
    boolean updated = "updated".equals(query.get("sort"));
    boolean pulls = endpoint == Endpoint.PULL_REQUESTS;
    String usual = pulls && !updated ? "desc" : "asc";
    boolean descending = "desc".equals(query.getOrDefault("direction", usual));
    String state = pulls ? query.getOrDefault("state", "open") : "all";
    @Nullable Instant since = pulls ? null : instant(query.get("since"));

    if (!updated && state.equals("all") && since == null) {
      long size = rows.size();
      return new Selection(size, descending ? at -> size - 1 - at : at -> at);
    }
    long[] positions = sorted(new Key(rows, state, updated));
    if (since != null) {
      LongPredicate recent = position -> !rows.updatedAt(position).isBefore(since);
      positions = LongStream.of(positions).filter(recent).toArray();
    }
    long[] found = positions;
    int last = found.length - 1;
    return new Selection(
        found.length, descending ? at -> found[last - (int) at] : at -> found[(int) at]);
  }

  private synchronized long[] sorted(Key key) {
    long version = key.rows().version();
    Sorted sorted = kept.get(key);
    if (sorted == null || sorted.version() != version) {
      sorted = new Sorted(version, sort(key));
      kept.put(key, sorted);
    }
    return sorted.positions();
  }

  private static long[] sort(Key key) {
    Rows rows = key.rows();
    LongStream matching =
        LongStream.range(0, rows.size()).filter(position -> rows.isIn(position, key.state()));
    if (!key.updated()) {
      return matching.toArray();
    }
    long mask = (1L << POSITION_BITS) - 1;
    return matching
        .map(position -> rows.updatedAt(position).getEpochSecond() << POSITION_BITS | position)
        .sorted()
        .map(packed -> packed & mask)
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
