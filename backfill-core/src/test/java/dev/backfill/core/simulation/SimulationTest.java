package dev.backfill.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Whatever fails, and whoever works at the same time: every item arrives exactly once, and
 * everything ends.
 */
class SimulationTest extends SilentTest {

  /** So many histories meet each kind of fault. */
  private static final long ENOUGH = 3_000;

  @Test
  void everyHistoryIsStoredExactlyOnceWhateverFails() {
    Long one = Long.getLong("backfill.simulation.seed");
    long first = one != null ? one : Long.getLong("backfill.simulation.first", 0);
    long count = one != null ? 1 : Long.getLong("backfill.simulation.seeds", 3_000);
    Coverage coverage = new Coverage();
    long began = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      coverage.add(Simulation.run(seed, FaultInjector.NONE).coverage());
    }
    System.out.printf("Simulated in %.1f s: %s%n", (System.nanoTime() - began) / 1e9, coverage);
    assertThat(coverage.of("histories")).isEqualTo(count);
    if (count >= ENOUGH) {
      assertThat(expected())
          .allSatisfy(what -> assertThat(coverage.of(what)).as(what).isPositive());
    }
  }

  private static List<String> expected() {
    List<String> expected = new ArrayList<>();
    for (String call :
        List.of("register", "claim", "renew", "commit", "record_failure", "release", "rewind")) {
      expected.add("lost before: " + call);
      expected.add("lost after: " + call);
      expected.add("undecided: " + call);
      expected.add("late: " + call);
    }
    expected.addAll(
        List.of(
            "undecided call applied",
            "undecided call dropped",
            "late call applied",
            "sent before a crash",
            "commit found again",
            "commit of a zombie refused",
            "crash",
            "stall",
            "stop",
            "interrupted slice",
            "take-over of an expired lease",
            "take-over from the dead",
            "rewind",
            "rehearsal",
            "lease given up by the worker's own clock",
            "sink fails",
            "slow store",
            "slow source",
            "quota used by others",
            "person: pauses",
            "person: cancels"));
    expected.addAll(
        List.of(
            "source: unreachable",
            "source: answer lost",
            "source: refuses for good",
            "source: too fast",
            "source: quota spent",
            "source: kept for others",
            "world: changed behind a reader",
            "world: created",
            "world: changed",
            "world: vanished",
            "world: turned",
            "world: written live",
            "slice: ContinueNow",
            "slice: ContinueAt",
            "slice: Held",
            "slice: Done",
            "slice: PAUSED",
            "slice: CANCELLED",
            "slice: FAILED",
            "slice: LEASE_LOST",
            "retry: Done"));
    return expected;
  }

  @Test
  void theSameSeedGivesTheSameHistory() {
    for (long seed = 0; seed < 50; seed++) {
      assertThat(Simulation.run(seed, FaultInjector.NONE).history())
          .isEqualTo(Simulation.run(seed, FaultInjector.NONE).history());
    }
  }
}
