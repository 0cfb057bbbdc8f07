package dev.backfill.core.mutation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.mutation.Mutant;
import dev.backfill.mutation.Mutation;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The bounds of the engine and of the manager, each taken out, and the test that goes red. */
class SafetyMutationTest {

  private static final String MODULE = "dev.backfill.core";
  private static final String CORE = "java/dev/backfill/core/";

  @TempDir Path folder;

  static Stream<Mutation> clauses() {
    return Stream.of(
        new Mutation(
            "the parking of jobs whose source has no quota left",
            CORE + "manager/SliceExecutor.java",
            "return until != null && updater.now().isBefore(until);",
            "return false;",
            List.of(
                "manager.ManagerBoundsTest"
                    + "#whileTheQuotaOfASourceIsUsedUpNoOtherJobOfItBegins")),
        new Mutation(
            "the two hours for which a wait counts",
            CORE + "internal/engine/SliceWaits.java",
            "return stated.isAfter(max) ? max : stated;",
            "return stated;",
            List.of("WaitBoundsTest#aWaitCountsForTwoHoursAtMost")),
        new Mutation(
            "the shortest wait",
            CORE + "internal/engine/SliceWaits.java",
            "if (wait.compareTo(MIN_WAIT) < 0) {",
            "if (false) {",
            List.of("WaitBoundsTest#aWaitThatIsOverAlreadyTakesAMomentAllTheSame")),
        new Mutation(
            "the latest change of what counts as abandoned",
            CORE + "manager/GapDetector.java",
            "!held && !waits && backfill.updatedAt().plus(SILENCE).isBefore(updater.now())",
            "!held && !waits",
            List.of("manager.ManagerBoundsTest#whatProgressedAMomentAgoIsNotAbandoned")),
        new Mutation(
            "the delay in the bound of tries",
            CORE + "policy/Backoff.java",
            "failing.plus(delay).compareTo",
            "failing.compareTo",
            List.of("WaitBoundsTest#triesEndBeforeADelayThatPassesNinetySeconds")),
        new Mutation(
            "the two minutes of a taken job",
            CORE + "manager/DueJobs.java",
            "now.plus(TAKEN)",
            "now",
            List.of("manager.ManagerBoundsTest#aJobThatWasTakenIsLeftAloneForTwoMinutes")));
  }

  @ParameterizedTest
  @MethodSource("clauses")
  void theSuiteGoesRedWithout(Mutation clause) throws Exception {
    Mutant.of(MODULE, clause, folder).assertNoticedBy(clause.tests());
  }

  @Test
  void theSuiteIsGreenWithAllOfThem() throws Exception {
    List<String> tests = clauses().flatMap(each -> each.tests().stream()).distinct().toList();

    assertThat(Mutant.unchanged(MODULE, folder).run(tests).getFailures()).isEmpty();
  }
}
