package dev.backfill.core.internal;

import dev.backfill.api.source.Total;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A meter for the rate of work over recent chunks. It counts working time only, so that a wait for
 * quota never looks like slow work. Half of its weight is on the last 8 chunks: chunks, not
 * seconds, since a chunk can take long.
 */
public final class ProgressMeter {

  /** The number of chunks before a rate is shown. */
  static final int CHUNKS_TO_MEASURE = 3;

  /** The factor by which a chunk's weight shrinks with each newer one: 0.5 to the power of 1/8. */
  private static final double DECAY = Math.pow(0.5, 1.0 / 8);

  private int chunks;
  private double items;
  private double seconds;
  private double cost;

  /**
   * Adds a chunk.
   *
   * @param size items in it
   * @param active the time that the work took, without waiting
   * @param quotaSpent units of quota that it cost
   */
  public void add(int size, Duration active, long quotaSpent) {
    chunks++;
    items = items * DECAY + size;
    seconds = seconds * DECAY + active.toNanos() / 1e9;
    cost = cost * DECAY + quotaSpent;
  }

  /**
   * Returns the recent rate of work.
   *
   * @return items a second; 0 while it is being measured
   */
  public double itemsPerSecond() {
    return chunks < CHUNKS_TO_MEASURE || seconds <= 0 ? 0 : items / seconds;
  }

  /**
   * Returns the recent cost of an item.
   *
   * @return units of quota; 0 before the first chunk
   */
  public double quotaPerItem() {
    return items == 0 ? 0 : cost / items;
  }

  /**
   * Returns a forecast of the remaining work.
   *
   * @param processed items done
   * @param total items in all
   * @return the working time that is left; null while the total is unknown or the rate is being
   *     measured
   */
  public @Nullable Duration remaining(long processed, Total total) {
    double rate = itemsPerSecond();
    if (!total.isKnown() || rate == 0) {
      return null;
    }
    double seconds = Math.max(0, total.count() - processed) / rate;
    return Duration.ofMillis((long) (seconds * 1_000));
  }
}
