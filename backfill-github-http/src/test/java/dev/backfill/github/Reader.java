package dev.backfill.github;

import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Phase;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Does with a source what an engine does, and keeps what a table would hold: the last copy of each
 * item.
 */
final class Reader<T> {

  private static final int MAX_FAILURES = 60;
  private static final int MAX_WAITS = 1_000;

  private final PullSource<T> source;
  private final ManualTimeSource time;
  final Map<String, T> stored = new LinkedHashMap<>();
  final Map<String, RejectedItem> rejected = new TreeMap<>();
  final List<String> readings = new ArrayList<>();
  Runnable betweenChunks = () -> {};
  int arrivedInHistory;
  int arrivedInCatchUp;
  int failures;
  int waits;
  long spent;

  Reader(PullSource<T> source, ManualTimeSource time) {
    this.source = source;
    this.time = time;
  }

  /** Reads until nothing is left; after each wait in a new session. */
  Cursor run(String target, Cursor from) throws InterruptedException {
    Cursor cursor = from;
    while (true) {
      try (SourceSession<T> session = source.open(target, cursor)) {
        while (true) {
          Chunk<T> chunk;
          try {
            chunk = session.next(50, 0);
          } catch (TransientFailureException e) {
            if (++failures > MAX_FAILURES) {
              throw e;
            }
            continue;
          }
          keep(chunk);
          note(session.readMode());
          cursor = chunk.next();
          if (chunk.last()) {
            return cursor;
          }
          betweenChunks.run();
        }
      } catch (RateLimitedException e) {
        if (++waits > MAX_WAITS) {
          throw e;
        }
        time.advance(Duration.between(time.now(), e.until()));
      }
    }
  }

  void keep(Chunk<T> chunk) {
    spent += chunk.quotaSpent();
    for (T item : chunk.items()) {
      String key = source.itemKey(item);
      stored.put(key, item);
      rejected.remove(key);
    }
    for (RejectedItem item : chunk.rejected()) {
      rejected.put(item.key(), item);
    }
    if (chunk.phase() == Phase.HISTORY) {
      arrivedInHistory += chunk.size();
    } else {
      arrivedInCatchUp += chunk.size();
    }
  }

  private void note(String reading) {
    if (readings.isEmpty() || !readings.get(readings.size() - 1).equals(reading)) {
      readings.add(reading);
    }
  }
}
