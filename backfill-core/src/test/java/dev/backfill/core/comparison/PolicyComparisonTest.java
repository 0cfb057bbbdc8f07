package dev.backfill.core.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The adaptive policy beside fixed sizes and other people's rules, in whole runs of the engine over
 * histories whose costs are recorded or made up. Everything is deterministic; the tables go to
 * {@code target/policies.md}, and from there to {@code docs/performance.md}.
 */
class PolicyComparisonTest {

  private static final List<Comparison> COMPARISONS = new ArrayList<>();

  @BeforeAll
  static void compare() throws Exception {
    for (Trace trace : Traces.all()) {
      COMPARISONS.add(Comparison.of(trace));
    }
    Files.writeString(Path.of("target", "policies.md"), ComparisonTables.of(COMPARISONS));
  }

  @Test
  void itTakesAtMostATwentiethMoreTimeThanTheBestFixedSize() {
    for (Comparison comparison : COMPARISONS) {
      assertThat(comparison.adaptive().finished()).as(comparison.trace().name()).isTrue();
      assertThat(comparison.excess(comparison.adaptive()))
          .as(comparison.trace().name())
          .isLessThanOrEqualTo(0.05);
    }
  }

  @Test
  void itNeverTouchesTheReserve() {
    assertThat(COMPARISONS)
        .filteredOn(comparison -> comparison.trace().allowance() != null)
        .hasSizeGreaterThan(1)
        .noneMatch(comparison -> comparison.adaptive().reserveTouched());
  }

  /** An accident is followed by two smaller chunks. */
  @Test
  void itConvergesWithinTenChunks() {
    assertThat(COMPARISONS).filteredOn(comparison -> comparison.trace().steady()).isNotEmpty();
    for (Comparison comparison : COMPARISONS) {
      List<Integer> sizes = comparison.adaptive().sizes();
      if (comparison.trace().steady() && sizes.size() > 20) {
        List<Integer> settled = sizes.subList(10, sizes.size());
        double middle = settled.stream().sorted().toList().get(settled.size() / 2);
        long off = settled.stream().filter(size -> Math.abs(size - middle) > 0.2 * middle).count();
        assertThat(off)
            .as(comparison.trace().name() + ": " + sizes)
            // The last chunk asks for as much as the others.
            .isLessThanOrEqualTo(2L * comparison.adaptive().failures());
      }
    }
  }

  /** The end of a window makes a chunk small whatever the policy is. */
  @Test
  void itDoesNotOscillate() {
    for (Comparison comparison : COMPARISONS) {
      Outcome adaptive = comparison.adaptive();
      assertThat(adaptive.directionChanges())
          .as(comparison.trace().name() + ": " + adaptive.requestedSizes())
          .isLessThanOrEqualTo(
              comparison.best().directionChanges()
                  + Math.max(2, adaptive.requestedSizes().size() / 30));
    }
  }
}
