package dev.backfill.core.manager;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.core.simulation.SilentTest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Several managers over one store, whatever fails: each job is done, and asked for once. */
class ManagerSimulationTest extends SilentTest {

  private static final long DEFAULT_SEEDS = 500;

  @Test
  void severalManagersDoEachJobWhateverIsLost() {
    Long one = Long.getLong("backfill.managers.seed");
    long first = one != null ? one : Long.getLong("backfill.managers.first", 0);
    long count = one != null ? 1 : Long.getLong("backfill.managers.seeds", DEFAULT_SEEDS);
    Map<String, Long> coverage = new TreeMap<>();
    for (long seed = first; seed < first + count; seed++) {
      ManagerSimulation.run(seed, coverage);
    }
    System.out.println("Simulated managers: " + coverage);
    assertThat(coverage).containsEntry("simulations", count);
    if (count >= DEFAULT_SEEDS) {
      assertThat(coverage)
          .containsKeys(
              List.of(
                      "another manager in the middle of a call",
                      "answer lost",
                      "answer of the store lost",
                      "DISPATCHED",
                      "FELL_BACK",
                      "GAVE_UP",
                      "manager replaced",
                      "request limited",
                      "request lost",
                      "request refused",
                      "run fails before its worker starts",
                      "store fails before",
                      "target fails",
                      "worker dies")
                  .toArray(String[]::new));
    }
  }
}
