package dev.backfill.core.comparison;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/**
 * A run of this library as it was recorded twice, with small chunks and with large ones. What the
 * two differ by is what a chunk takes however small it is; the rest lies along the history as the
 * small chunks show it.
 */
final class RecordedRun implements Trace.CostModel {

  private static final int SMALL = 10;

  private final double fixed;
  private final double[] untilChunk;

  RecordedRun() {
    List<List<Integer>> runs = read();
    List<Integer> small = runs.get(0);
    List<Integer> large = runs.get(1);
    fixed = (sum(small) - sum(large)) / (small.size() - large.size());
    untilChunk = new double[small.size() + 1];
    for (int i = 0; i < small.size(); i++) {
      untilChunk[i + 1] = untilChunk[i] + small.get(i) - fixed;
    }
  }

  int items() {
    return (untilChunk.length - 1) * SMALL;
  }

  @Override
  public Trace.Cost of(int size, int done, Random random) {
    return Trace.Cost.of(Math.max(1, fixed + until(done + size) - until(done)) / 1_000);
  }

  private double until(int item) {
    int chunk = Math.min(item / SMALL, untilChunk.length - 2);
    double share = (item - chunk * SMALL) / (double) SMALL;
    return untilChunk[chunk] + share * (untilChunk[chunk + 1] - untilChunk[chunk]);
  }

  private static double sum(List<Integer> millis) {
    return millis.stream().mapToInt(Integer::intValue).sum();
  }

  private static List<List<Integer>> read() {
    List<List<Integer>> runs = new ArrayList<>();
    try (InputStream stream = RecordedRun.class.getResourceAsStream("recorded-run.txt")) {
      String text =
          new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
      for (String line : text.lines().filter(each -> !each.startsWith("#")).toList()) {
        if (line.startsWith("size")) {
          runs.add(new ArrayList<>());
        } else {
          Arrays.stream(line.split(" "))
              .map(Integer::valueOf)
              .forEach(runs.get(runs.size() - 1)::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return runs;
  }
}
