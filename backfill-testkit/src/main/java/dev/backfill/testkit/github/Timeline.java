package dev.backfill.testkit.github;

import java.time.Instant;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The time at which each number was created. Later numbers have later times, in whole seconds as
 * GitHub reports them. The first numbers of a repository fill at most eight years from 2012 on.
 * Numbers that a test adds begin at the time of adding, a second apart.
 */
final class Timeline {

  static final Instant START = Instant.parse("2012-01-01T00:00:00Z");
  private static final long SPAN_SECONDS = 8L * 365 * 24 * 3600;
  private static final long MAX_STEP = 6 * 3600;
  private static final long MIN_STEP = 120;

  private final SeededRandom random;
  private final long step;
  private final NavigableMap<Integer, Long> additions = new ConcurrentSkipListMap<>();

  Timeline(SeededRandom random, int lastNumber) {
    this.random = random;
    this.step = Math.max(MIN_STEP, Math.min(MAX_STEP, SPAN_SECONDS / Math.max(1, lastNumber)));
  }

  /** Returns the time at which a number was created. */
  Instant created(int number) {
    return Instant.ofEpochSecond(createdSecond(number));
  }

  /**
   * Returns the seconds after a number's creation in which it gets comments; the next one is later.
   */
  long room(int number) {
    return isAddition(number) ? 0 : step / 2;
  }

  /** Returns true if a number was added after the start. */
  boolean isAddition(int number) {
    return additions.floorKey(number) != null;
  }

  /** Lets the numbers from this one on begin now, or later if the numbers before are later. */
  void addFrom(int number, Instant now) {
    long earliest = number == 1 ? 0 : createdSecond(number - 1) + room(number - 1) + 1;
    additions.put(number, Math.max(earliest, now.getEpochSecond()));
  }

  private long createdSecond(int number) {
    Map.Entry<Integer, Long> addition = additions.floorEntry(number);
    if (addition != null) {
      return addition.getValue() + number - addition.getKey();
    }
    long jitter = random.below((int) (step / 2), SeededRandom.Use.TIME, number, 0);
    return START.getEpochSecond() + number * step + jitter;
  }
}
