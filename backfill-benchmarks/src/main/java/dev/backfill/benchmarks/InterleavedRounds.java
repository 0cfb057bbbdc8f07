package dev.backfill.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Rounds in which all contestants run in turn, each round beginning with another one. Other load on
 * the machine thus affects all of them alike.
 *
 * @param warmups the number of rounds that do not count
 * @param rounds the number of rounds that count
 */
public record InterleavedRounds(int warmups, int rounds) {

  /**
   * Creates the rounds of the properties {@code warmups} and {@code rounds}.
   *
   * @param warmups the default of the property
   * @param rounds the default of the property
   * @return the rounds
   */
  public static InterleavedRounds ofProperties(int warmups, int rounds) {
    return new InterleavedRounds(
        Integer.getInteger("warmups", warmups), Integer.getInteger("rounds", rounds));
  }

  /**
   * Runs the contestants.
   *
   * @param contestants the contestants
   * @return for each contestant, in their order, the values of each metric
   * @throws Exception if a run fails
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
