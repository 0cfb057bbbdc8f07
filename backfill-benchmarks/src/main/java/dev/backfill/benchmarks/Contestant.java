package dev.backfill.benchmarks;

import java.util.Map;

/**
 * A contestant, which is measured beside others.
 *
 * @param name its name in tables
 * @param run one run
 */
public record Contestant(String name, Run run) {

  /** One run of a contestant. */
  @FunctionalInterface
  public interface Run {

    /**
     * Runs once.
     *
     * @return the measured values, by the metric's name
     * @throws Exception if the run fails, which ends the benchmark
     */
    Map<String, Double> measure() throws Exception;
  }
}
