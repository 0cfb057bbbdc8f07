package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.sql.SQLException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * The safety clauses of the database functions: each is taken out, one at a time, and a test of the
 * contract fails.
 */
class FunctionMutationTest {

  private static final Class<?> JOBS = SupabaseJobStoreTest.class;
  private static final Class<?> FAILURES = SupabaseFailureLogTest.class;
  private static final Class<?> LIMITS = SupabaseSharedLimitsTest.class;

  /**
   * A clause of a function.
   *
   * @param function the function's name
   * @param text the clause
   * @param replacement the text in its place
   * @param contract the test class that notices that it is missing
   * @param test its method
   */
  private record Clause(
      String function, String text, String replacement, Class<?> contract, String test) {

    @Override
    public String toString() {
      return function + ": " + text;
    }
  }

  static Stream<Clause> clauses() {
    return Stream.of(
        new Clause(
            "backfill_job_update",
            " AND version = (job ->> 'version')::bigint",
            "",
            JOBS,
            "aChangeOfAnOlderVersionWritesNothing"),
        new Clause(
            "backfill_job_update",
            "version = version + 1",
            "version = version",
            JOBS,
            "ofChangesAtOnceOneIsMade"),
        new Clause(
            "backfill_job_enqueue",
            "ON CONFLICT (backfill_id) DO NOTHING",
            "ON CONFLICT (backfill_id) DO UPDATE SET version = excluded.version",
            JOBS,
            "enqueueingAtOnceMakesOneJob"),
        new Clause(
            "backfill_job_due", "j.state <> 'dispatched'", "true", JOBS, "whatCannotRunIsNotDue"),
        new Clause(
            "backfill_job_due",
            "p.status NOT IN ('pausing', 'paused', 'cancelling', 'cancelled')",
            "true",
            JOBS,
            "whatCannotRunIsNotDue"),
        new Clause(
            "backfill_job_due",
            "p.lease_expires_at IS NULL",
            "true",
            JOBS,
            "whatCannotRunIsNotDue"),
        new Clause(
            "backfill_job_due",
            "p.lease_expires_at <= clock_timestamp()",
            "false",
            JOBS,
            "whatCannotRunIsNotDue"),
        new Clause(
            "backfill_job_due",
            "AND p.wait_until > clock_timestamp()",
            "",
            JOBS,
            "aWaitThatIsOverIsDue"),
        new Clause(
            "backfill_job_events_add",
            "ORDER BY place",
            "ORDER BY place DESC",
            JOBS,
            "whatHappenedIsKeptInOrder"),
        new Clause(
            "backfill_suspension_replace",
            "AND actor = before ->> 'actor'",
            "",
            JOBS,
            "aSuspensionIsReplacedOnlyAsItWasRead"),
        new Clause(
            "backfill_suspension_replace",
            "AND since_at = (before ->> 'since')::timestamptz",
            "",
            JOBS,
            "aSuspensionThatBeganAgainIsAnotherOne"),
        new Clause(
            "backfill_suspension_replace",
            "AND times = (before ->> 'times')::integer",
            "",
            JOBS,
            "aSuspensionThatBeganAgainIsAnotherOne"),
        new Clause(
            "backfill_suspension_resume",
            "AND times = (before ->> 'times')::integer",
            "",
            JOBS,
            "aSuspensionThatBeganAgainIsAnotherOne"),
        new Clause(
            "backfill_suspension_replace",
            "ON CONFLICT (subject) DO NOTHING",
            "ON CONFLICT (subject) DO UPDATE SET reason = excluded.reason",
            JOBS,
            "aSuspensionIsReplacedOnlyAsItWasRead"),
        new Clause(
            "backfill_failure_record",
            "stored.failure_count + 1",
            "stored.failure_count",
            FAILURES,
            "tenFailuresAtOnceAreCountedAsTen"),
        new Clause(
            "backfill_failure_recover",
            "CONTINUE WHEN EXISTS",
            "CONTINUE WHEN NOT EXISTS",
            FAILURES,
            "aSharedFailureIsOverWhenTheLastHasRecovered"),
        new Clause(
            "backfill_failure_claim",
            "claimed_by IS NULL",
            "true",
            FAILURES,
            "ofTenReportersOneGetsTheClaim"),
        new Clause(
            "backfill_failure_claim",
            "claimed_until <= clock_timestamp()",
            "false",
            FAILURES,
            "theRightEndsWhenItIsGivenBackOrByItself"),
        new Clause(
            "backfill_failure_report",
            " AND claimed_by = request ->> 'claimId'",
            "",
            FAILURES,
            "aReportWithoutTheClaimIsNotRecorded"),
        new Clause(
            "backfill_limit_record",
            "WHEN stored.blocked_until > clock_timestamp() + blocked",
            "WHEN false",
            LIMITS,
            "aShorterWaitDoesNotEndALongerOne"),
        new Clause(
            "backfill_limit_record",
            "stored.refusals > refused",
            "false",
            LIMITS,
            "aShorterWaitDoesNotEndALongerOne"),
        new Clause(
            "backfill_limit_recover",
            "SET refusals = 0",
            "SET refusals = refusals",
            LIMITS,
            "anAnswerEndsTheRowOfRefusals"));
  }

  @ParameterizedTest
  @MethodSource("clauses")
  void aMissingClauseIsNoticed(Clause clause) throws SQLException {
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    RestProject.withFunction(changed(clause), () -> run(clause, listener));

    assertThat(listener.getSummary().getFailures())
        .as("%s fails by an assertion", clause.test())
        .isNotEmpty()
        .allSatisfy(
            failure -> assertThat(failure.getException()).isInstanceOf(AssertionError.class));
  }

  private static String changed(Clause clause) throws SQLException {
    try (RestProject project = RestProject.startStandIn()) {
      String original =
          project
              .query("SELECT pg_get_functiondef('public.%s'::regproc)".formatted(clause.function()))
              .get(0);
      assertThat(original.split(Pattern.quote(clause.text()), -1))
          .as("the clause stands once in %s", clause)
          .hasSize(2);
      return original.replace(clause.text(), clause.replacement());
    }
  }

  private static void run(Clause clause, SummaryGeneratingListener listener) {
    PostDiscoveryFilter method =
        descriptor ->
            FilterResult.includedIf(
                !(descriptor.getSource().orElse(null)
                        instanceof org.junit.platform.engine.support.descriptor.MethodSource source)
                    || source.getMethodName().equals(clause.test()));
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClass(clause.contract()))
            .filters(method)
            // On this thread, whose projects have the changed function.
            .configurationParameter("junit.jupiter.execution.parallel.enabled", "false")
            .build();
    LauncherFactory.create().execute(request, listener);
  }
}
