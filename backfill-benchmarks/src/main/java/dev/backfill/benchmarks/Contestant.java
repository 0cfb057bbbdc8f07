package dev.backfill.benchmarks;

import java.util.Map;

/**
 * What is measured beside others.
 *
 * @param name what tables call it
 * @param run one run
 */
public record Contestant(String name, Run run) {

  /** One run of a contestant. */
  @FunctionalInterface
  public interface Run {

    /**
     * Runs once.
     *
     * @return what was measured, by the metric's name
     * @throws Exception when the run fails, which ends the benchmark
     */
    Map<String, Double> measure() throws Exception;
  }
}
