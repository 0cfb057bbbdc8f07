package dev.backfill.core.policy;

import dev.backfill.api.policy.ChunkSample;
import java.util.ArrayList;
import java.util.List;

/**
 * The recent cost of chunks: time as a fixed part and a part for each item, and bytes. All are
 * whole numbers, so that their text loses nothing.
 *
 * @param fixedMicros microseconds of a chunk of any size
 * @param itemMicros microseconds that an item adds
 * @param itemBytes bytes of an item; 0 if unknown
 */
record ChunkCost(long fixedMicros, long itemMicros, long itemBytes) {

  /** Eleven days, and a terabyte: more makes no difference, and would make the text long. */
  private static final long MAX = 1_000_000_000_000L;

  ChunkCost {
    fixedMicros = Math.min(MAX, fixedMicros);
    itemMicros = Math.min(MAX, itemMicros);
    itemBytes = Math.min(MAX, itemBytes);
  }

  static final ChunkCost UNKNOWN = new ChunkCost(0, 0, 0);

  /** The factor by which a sample's weight shrinks with each newer one. */
  private static final double DECAY = 0.75;

  /**
   * The same factor for the fixed part, which shows only between sizes: older samples have to
   * count.
   */
  private static final double DECAY_OF_FIT = 0.9;

  /** The min spread of sizes, as a share of their mean, that separates fixed from variable time. */
  private static final double MIN_VARIATION = 0.08;

  /** The factor beyond which a sample of another size than the present one is stale. */
  private static final double NEAR = 1.5;

  private static final int PANIC = 5;

  boolean isKnown() {
    return fixedMicros > 0 || itemMicros > 0;
  }

  private double predicted(double items) {
    return fixedMicros + itemMicros * items;
  }

  /**
   * Computes the cost from the samples.
   *
   * @param recent the latest chunks, oldest first
   * @param before the cost before the last of them
   * @param maxMicros the max time of a chunk
   */
  static ChunkCost of(List<ChunkSample> recent, ChunkCost before, long maxMicros) {
    List<ChunkSample> usable = usable(recent);
    if (usable.isEmpty()) {
      return before;
    }
    ChunkSample last = recent.get(recent.size() - 1);
    if (isPanic(last, before, maxMicros)) {
      return new ChunkCost(
          0, Math.round(micros(last) / last.items()), bytes(List.of(last), before));
    }
    int present = usable.get(usable.size() - 1).requested();
    List<ChunkSample> near =
        usable.stream()
            .filter(sample -> sample.requested() <= present * NEAR)
            .filter(sample -> sample.requested() * NEAR >= present)
            .toList();
    Means level = Means.of(near, DECAY);
    double time = before.isKnown() ? blended(level, before, near.size()) : level.time();
    double fixed = Math.min(fixed(usable, level, before), time);
    return new ChunkCost(
        Math.round(fixed), Math.round((time - fixed) / level.items()), bytes(near, before));
  }

  /**
   * Returns the full chunks. Without any, as of a source with short pages, returns those that are
   * at least half full.
   */
  private static List<ChunkSample> usable(List<ChunkSample> recent) {
    List<ChunkSample> full = recent.stream().filter(ChunkSample::isFull).toList();
    return full.isEmpty() ? recent.stream().filter(ChunkCost::isTelling).toList() : full;
  }

  /**
   * Checks if a chunk has enough items to predict larger chunks; the end of a page or a catch-up
   * has not.
   */
  private static boolean isTelling(ChunkSample sample) {
    return !sample.failed() && sample.items() * 2L >= sample.requested();
  }

  private static boolean isPanic(ChunkSample last, ChunkCost before, long maxMicros) {
    return isTelling(last)
        && micros(last) > PANIC * (double) maxMicros
        && micros(last) > 2 * before.predicted(last.items());
  }

  /** Blends the first samples of a size with the time that was predicted for it. */
  private static double blended(Means level, ChunkCost before, int samples) {
    double own = (1 - Math.pow(DECAY, samples)) / (1 - DECAY);
    double weight = Math.pow(DECAY, samples);
    return (own * level.time() + weight * before.predicted(level.items())) / (own + weight);
  }

  /**
   * Computes the fixed part by least squares if sizes differ, else as the same share of the time as
   * before.
   */
  private static double fixed(List<ChunkSample> usable, Means level, ChunkCost before) {
    Means all = Means.of(usable, DECAY_OF_FIT);
    double variance = all.itemsVariance();
    double min = MIN_VARIATION * all.items();
    double slope = variance < min * min ? -1 : all.covariance() / variance;
    if (slope >= 0) {
      return Math.max(0, all.time() - slope * all.items());
    }
    double predicted = before.predicted(level.items());
    return predicted <= 0 ? 0 : before.fixedMicros * level.time() / predicted;
  }

  private static long bytes(List<ChunkSample> samples, ChunkCost before) {
    List<ChunkSample> counted = new ArrayList<>(samples);
    counted.removeIf(sample -> sample.bytes() == 0 || sample.items() == 0);
    if (counted.isEmpty()) {
      return before.itemBytes;
    }
    double bytes = 0;
    double items = 0;
    for (ChunkSample sample : counted) {
      bytes = bytes * DECAY + sample.bytes();
      items = items * DECAY + sample.items();
    }
    ChunkSample last = counted.get(counted.size() - 1);
    return Math.round(Math.max(bytes / items, (double) last.bytes() / last.items()));
  }

  private static double micros(ChunkSample sample) {
    return sample.active().toNanos() / 1e3;
  }

  /** Weighted means of items and microseconds. */
  private record Means(double items, double time, double itemsVariance, double covariance) {

    static Means of(List<ChunkSample> samples, double decay) {
      double weight = 0;
      double items = 0;
      double time = 0;
      double squares = 0;
      double products = 0;
      for (ChunkSample sample : samples) {
        double micros = micros(sample);
        double n = sample.items();
        weight = weight * decay + 1;
        items = items * decay + n;
        time = time * decay + micros;
        squares = squares * decay + n * n;
        products = products * decay + n * micros;
      }
      double n = items / weight;
      double t = time / weight;
      return new Means(n, t, squares / weight - n * n, products / weight - n * t);
    }
  }
}
