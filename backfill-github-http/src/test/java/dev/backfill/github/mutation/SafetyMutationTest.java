package dev.backfill.github.mutation;

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

/** The safety clauses of the GitHub client, each taken out, and the test that goes red. */
class SafetyMutationTest {

  private static final String MODULE = "dev.backfill.github";
  private static final String INTERNAL = "java/dev/backfill/github/internal/";

  @TempDir Path folder;

  static Stream<Mutation> clauses() {
    return Stream.of(
        new Mutation(
            "the overlap of two minutes",
            INTERNAL + "cursor/ListVersion.java",
            "Duration.ofMinutes(2)",
            "Duration.ZERO",
            List.of(
                "ReplicaLagTest#aPullRequestThatIsShownLateIsInTheNextCatchUp",
                "ReplicaLagTest#aCommentThatIsShownLateIsInTheNextCatchUp")),
        new Mutation(
            "the closed gate",
            INTERNAL + "throttle/RateGate.java",
            "if (blockedUntil != null && now.isBefore(blockedUntil)) {\n      return limit(",
            "if (false) {\n      return limit(",
            List.of("LimitsTest#aLimitIsToldWithItsTimeAndNothingLeavesBefore")),
        new Mutation(
            "the reserve",
            INTERNAL + "throttle/RateGate.java",
            "if (available > reserve) {",
            "if (available > 0) {",
            List.of("LimitsTest#theReserveIsKeptFromTheFirstRequestOn")),
        new Mutation(
            "the wait that grows while obeying does not help",
            INTERNAL + "throttle/RateGate.java",
            "Math.min(hitsInARow - 1, 10)",
            "0",
            List.of("internal.throttle.RateGateTest#aNamedWaitDoublesWhileObeyingItDoesNotHelp")),
        new Mutation(
            "the statuses that mean nothing",
            INTERNAL + "api/Response.java",
            "return raw.status() == 204 || raw.status() == 409;",
            "return raw.status() == 204 || raw.status() == 409 || raw.body().length == 0;",
            List.of("BrokenAnswerTest#aListOfCommentsIsNeverShortened")),
        new Mutation(
            "the origin to which a token goes",
            INTERNAL + "transport/ApiAddress.java",
            "if (!hasSameOrigin(uri) || !path.startsWith(prefix + \"/\")) {",
            "if (false) {",
            List.of("internal.transport.ApiAddressTest#whatIsElsewhereIsNotTrusted")),
        new Mutation(
            "the number of the repository",
            INTERNAL + "repository/RepositoryResolver.java",
            "if (knownId != null && found.repository().id() != knownId) {",
            "if (false) {",
            List.of("ResumeTest#anotherRepositoryUnderTheSameNameIsNotMixedIn")));
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
