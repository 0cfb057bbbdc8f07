package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.text.Format;
import dev.backfill.cli.view.RunJson;
import dev.backfill.cli.view.RunText;
import dev.backfill.core.run.JobResult;
import dev.backfill.core.run.JobResult.Outcome;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RunReportTest {

  private static final Invocation INVOCATION =
      new Invocation("backfill", List.of("run", "apache/kafka"));

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, 0", "LIMIT_REACHED, 0", "COMPLETED_WITH_GAPS, 3", "WAITING, 75",
    "PAUSED, 1", "CANCELLED, 1", "FAILED, 1", "INTERRUPTED, 130"
  })
  void exitCodeOfASingleOutcome(Outcome outcome, int exitCode) {
    assertThat(Results.report(Results.ended(outcome)).exitCode().number()).isEqualTo(exitCode);
  }

  @ParameterizedTest
  @CsvSource({
    "COMPLETED, COMPLETED_WITH_GAPS, 3",
    "COMPLETED_WITH_GAPS, WAITING, 75",
    "WAITING, FAILED, 1",
    "WAITING, PAUSED, 1",
    "FAILED, INTERRUPTED, 130"
  })
  void theWorstWins(Outcome better, Outcome worse, int exitCode) {
    JobResult first = Results.ended(better);
    JobResult second = Results.ended(worse);
    assertThat(Results.report(first, second).exitCode().number()).isEqualTo(exitCode);
    assertThat(Results.report(second, first).outcome()).isEqualTo(worse);
  }

  @Test
  void text() {
    String text = RunText.of(Results.report(Results.ended(Outcome.COMPLETED)));
    assertThat(text)
        .contains("apache/kafka", "pull requests", "completed", "1,050 of 2,000")
        .contains("40 new, 3 changed, 7 requests")
        .endsWith("Completed in 1m 07s." + System.lineSeparator());
  }

  @Test
  void saysWhenToComeBack() {
    RunReport report = Results.report(Results.ended(Outcome.WAITING));
    assertThat(RunText.advice(report, INVOCATION))
        .anySatisfy(line -> assertThat(line).contains("pull requests waits: because"))
        .contains(
            "Come back at %s.".formatted(Format.moment(Results.UNTIL, ZoneId.systemDefault())));
  }

  @Test
  void saysHowToResumeAfterAPause() {
    RunReport report = Results.report(Results.ended(Outcome.PAUSED), Results.ended(Outcome.PAUSED));
    assertThat(RunText.advice(report, INVOCATION))
        .singleElement()
        .asString()
        .contains("A user paused apache/kafka", "backfill resume apache/kafka");
  }

  @Test
  void oneReasonGivesOneSentence() {
    JobResult[] results =
        List.of("github:pull-requests", "github:review-comments").stream()
            .map(
                source ->
                    Results.ended(
                        source,
                        Outcome.FAILED,
                        "no such repository, asked by " + source,
                        new PermanentFailureException(Reason.NOT_FOUND, "no", null)))
            .toArray(JobResult[]::new);
    assertThat(RunText.advice(Results.report(results), INVOCATION)).hasSize(1);
  }

  @Test
  void json() throws IOException {
    RunReport report =
        Results.report(Results.ended(Outcome.WAITING), Results.ended(Outcome.COMPLETED_WITH_GAPS));
    JsonNode json = new ObjectMapper().readTree(RunJson.of(report));
    assertThat(json.path("status").asText()).isEqualTo("waiting");
    assertThat(json.path("exitCode").asInt()).isEqualTo(75);
    assertThat(json.path("until").asText()).isEqualTo(Results.UNTIL.toString());
    assertThat(json.path("durationMillis").asLong()).isEqualTo(67_000);
    JsonNode repository = json.path("repositories").path(0);
    assertThat(repository.path("target").asText()).isEqualTo("apache/kafka");
    JsonNode stream = repository.path("streams").path(1);
    assertThat(stream.path("outcome").asText()).isEqualTo("completed_with_gaps");
    assertThat(stream.path("processed").asLong()).isEqualTo(1_050);
    assertThat(stream.path("total").asLong()).isEqualTo(2_000);
    assertThat(stream.path("inserted").asLong()).isEqualTo(40);
    assertThat(stream.path("quotaSpent").asLong()).isEqualTo(7);
    assertThat(stream.path("until").isNull()).isTrue();
  }

  @Test
  void jsonOfAFailureBeforeTheStart() throws IOException {
    String text = RunJson.ofFailure(new InvalidConfigurationException("no"), ExitCode.USAGE);
    JsonNode json = new ObjectMapper().readTree(text);
    assertThat(json.path("exitCode").asInt()).isEqualTo(2);
    assertThat(json.path("message").asText()).isEqualTo("no");
    assertThat(json.path("repositories").isArray()).isTrue();
  }
}
