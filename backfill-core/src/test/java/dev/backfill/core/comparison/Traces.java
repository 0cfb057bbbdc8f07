package dev.backfill.core.comparison;

import dev.backfill.core.comparison.Trace.Allowance;
import dev.backfill.core.comparison.Trace.Bounds;
import dev.backfill.core.comparison.Trace.Cost;
import dev.backfill.core.comparison.Trace.CostModel;
import java.util.List;
import java.util.Random;

/** The histories on which policies are compared. */
final class Traces {

  private static final int LONG = 20_000;

  private static final Bounds WIDE = new Bounds(10, 500);
  private static final RecordedRun RECORDED = new RecordedRun();

  private Traces() {}

  static List<Trace> all() {
    return List.of(
        steady("cheap items", LONG, linear(0.3, 0.02)),
        steady("a large cost for each chunk", LONG, linear(40, 0.05)),
        steady("expensive items", LONG, linear(0.3, 2)),
        new Trace("slow, then fast", LONG, Bounds.DEFAULT, change(2, 0.02), null, false),
        new Trace("fast, then slow", LONG, Bounds.DEFAULT, change(0.02, 2), null, false),
        steady("noise, and accidents of every size", LONG, Traces::noisy),
        new Trace("more than 30 fail", LONG, Bounds.DEFAULT, Traces::failsAbove30, null, false),
        new Trace(
            "GitHub's GraphQL, as measured",
            LONG,
            new Bounds(20, 100),
            Traces::graphQl,
            null,
            false),
        new Trace("heavy items", LONG, Bounds.DEFAULT, Traces::heavy, null, false),
        new Trace(
            "5,000 units an hour, shared",
            6_000,
            Bounds.DEFAULT,
            linear(0.3, 0.15),
            new Allowance(5_000, 4, 1_000),
            false),
        new Trace(
            "waits of 50 minutes",
            6_000,
            Bounds.DEFAULT,
            linear(2, 0.5),
            new Allowance(1_000, 1, 0),
            false),
        steady("a short history", 130, linear(0.3, 0.1)),
        new Trace("a recorded run", RECORDED.items(), Bounds.DEFAULT, RECORDED, null, true),
        new Trace("10 to 500, noise", LONG, WIDE, Traces::wide, null, true),
        new Trace("10 to 500, 5 s for each chunk", LONG, WIDE, linear(5, 0.3), null, true),
        new Trace("10 to 500, fast, then slow", LONG, WIDE, change(0.02, 2), null, false),
        new Trace("10 to 500, slow, then fast", LONG, WIDE, change(2, 0.02), null, false));
  }

  private static Trace steady(String name, int items, CostModel costs) {
    return new Trace(name, items, Bounds.DEFAULT, costs, null, true);
  }

  static CostModel linear(double fixed, double perItem) {
    return (size, done, random) -> Cost.of(fixed + perItem * size);
  }

  private static CostModel change(double first, double then) {
    return (size, done, random) -> Cost.of(0.3 + (done < LONG / 2 ? first : then) * size);
  }

  private static Cost noisy(int size, int done, Random random) {
    double noise = 0.8 + 0.4 * random.nextDouble();
    double chance = random.nextDouble();
    if (chance < 0.01) {
      return Cost.failure(10);
    }
    return Cost.of((0.5 + 0.1 * size) * noise * (chance > 0.98 ? 6 : 1));
  }

  private static Cost wide(int size, int done, Random random) {
    return Cost.of((1 + 0.1 * size) * (0.8 + 0.4 * random.nextDouble()));
  }

  private static Cost failsAbove30(int size, int done, Random random) {
    return size > 30 ? Cost.failure(10) : Cost.of(1 + 0.1 * size);
  }

  /**
   * Seconds for pages of 20, 25, 30, 40 and 50 pull requests with their reviews, as measured in
   * spiceai/spiceai#13762; more than 50 failed after some 10 seconds.
   */
  private static Cost graphQl(int size, int done, Random random) {
    int[] sizes = {0, 20, 25, 30, 40, 50};
    double[] seconds = {0, 2.4, 2.9, 2.95, 4.3, 4.9};
    for (int i = 1; i < sizes.length; i++) {
      if (size <= sizes[i]) {
        double share = (size - sizes[i - 1]) / (double) (sizes[i] - sizes[i - 1]);
        return Cost.of(seconds[i - 1] + share * (seconds[i] - seconds[i - 1]));
      }
    }
    return Cost.failure(10);
  }

  /** A tenth of the items have 400 KB; chunks of more than 12 MB fail. */
  private static Cost heavy(int size, int done, Random random) {
    long bytes = 0;
    for (int item = done; item < done + size; item++) {
      bytes += item >= LONG / 2 && item < LONG * 6 / 10 ? 400_000 : 20_000;
    }
    double seconds = 0.2 + 0.05 * size + bytes / 10e6;
    return new Cost(seconds, bytes, bytes > 12_000_000);
  }
}
