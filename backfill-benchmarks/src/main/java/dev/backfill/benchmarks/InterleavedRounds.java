package dev.backfill.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs contestants in turn, round after round, each round beginning with another one: what the
 * machine does meanwhile hits all of them alike.
 *
 * @param warmups rounds that are not counted
 * @param rounds rounds that are
 */
public record InterleavedRounds(int warmups, int rounds) {

  /**
   * As the properties {@code warmups} and {@code rounds} say.
   *
   * @param warmups what to do without the property
   * @param rounds what to do without the property
   * @return the rounds
   */
  public static InterleavedRounds ofProperties(int warmups, int rounds) {
    return new InterleavedRounds(
        Integer.getInteger("warmups", warmups), Integer.getInteger("rounds", rounds));
  }

  /**
   * Runs them.
   *
   * @param contestants who takes part
   * @return for each contestant, in their order, the values of each metric
   * @throws Exception when a run fails
   */
  public Map<String, Map<String, List<Double>>> run(List<Contestant> contestants) throws Exception {
    Map<String, Map<String, List<Double>>> values = new LinkedHashMap<>();
    contestants.forEach(contestant -> values.put(contestant.name(), new LinkedHashMap<>()));
    for (int round = 0; round < warmups + rounds; round++) {
      for (int i = 0; i < contestants.size(); i++) {
        Contestant contestant = contestants.get((i + round) % contestants.size());
        System.gc();
        Map<String, Double> measured = contestant.run().measure();
        if (round >= warmups) {
          measured.forEach(
              (metric, value) ->
                  values
                      .computeIfAbsent(contestant.name(), name -> new LinkedHashMap<>())
                      .computeIfAbsent(metric, name -> new ArrayList<>())
                      .add(value));
        }
      }
    }
    return values;
  }
}
