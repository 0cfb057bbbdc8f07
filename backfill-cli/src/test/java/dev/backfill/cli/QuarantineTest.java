package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.cli.command.BackfillCommand;
import dev.backfill.cli.option.Invocation;
import dev.backfill.cli.run.Database;
import dev.backfill.cli.run.RunReport;
import dev.backfill.cli.text.ExitCode;
import dev.backfill.cli.view.QuarantineText;
import dev.backfill.cli.view.RunText;
import dev.backfill.core.config.BackfillSettings;
import dev.backfill.core.run.JobResult.Outcome;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class QuarantineTest {

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir Path folder;

  @Test
  void theListNamesEachItemAndHowToReadItAgain() throws Exception {
    quarantine("7", "Its title is\ntoo long.");

    assertThat(run("quarantine", "list", "Apache/Kafka")).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .last()
        .asString()
        .startsWith("apache/kafka  pull requests  7 ")
        .endsWith("Its title is too long.");
    assertThat(err.toString()).contains("quarantine retry");
  }

  @Test
  void theListAsJson() throws Exception {
    quarantine("7", "Too long.");

    assertThat(run("quarantine", "list", "--json")).isZero();
    JsonNode items = new ObjectMapper().readTree(out.toString()).path("items");
    assertThat(items).hasSize(1);
    JsonNode item = items.path(0);
    assertThat(item.path("target").asText()).isEqualTo("apache/kafka");
    assertThat(item.path("source").asText()).isEqualTo("github:pull-requests");
    assertThat(item.path("key").asText()).isEqualTo("7");
    assertThat(item.path("attempts").asInt()).isEqualTo(1);
    assertThat(item.path("error").asText()).isEqualTo("Too long.");
    assertThat(item.path("firstSeenAt").asText()).endsWith("Z");
    assertThat(item.path("lastSeenAt").asText()).endsWith("Z");
  }

  @Test
  void nothingInQuarantineIsNoFailure() throws Exception {
    for (String command : List.of("list", "retry")) {
      assertThat(run("quarantine", command)).isZero();
      assertThat(err.toString()).contains("Nothing is in quarantine.");
    }
    quarantine("7", "no");
    assertThat(run("quarantine", "list", "other/repository")).isEqualTo(ExitCode.FAILED.number());
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("There is no backfill of other/repository");
  }

  @Test
  void anEmptyListIsJsonToo() throws Exception {
    assertThat(run("quarantine", "list", "--json")).isZero();
    assertThat(new ObjectMapper().readTree(out.toString()).path("items").isArray()).isTrue();
  }

  @Test
  void withoutASubcommandItShowsItsUsage() {
    assertThat(run("quarantine")).isEqualTo(ExitCode.USAGE.number());
    assertThat(run("quarantine", "list", "no-repository")).isEqualTo(ExitCode.USAGE.number());
  }

  @Test
  void whatCameOfARetryIsSaidForEachStream() {
    RunReport report =
        Results.report(
            Results.ended("github:pull-requests", Outcome.COMPLETED, "nothing is left", null),
            Results.ended("github:issue-comments", Outcome.COMPLETED_WITH_GAPS, "1 stays", null),
            Results.ended("github:review-comments", Outcome.FAILED, "it cannot", null));

    assertThat(QuarantineText.done(report))
        .containsExactly(
            "apache/kafka pull requests: nothing is left.",
            "apache/kafka issue comments: 1 stays.");
    assertThat(
            RunText.advice(QuarantineText.undone(report), new Invocation("backfill", List.of("x"))))
        .containsExactly("backfill: apache/kafka: it cannot.");
  }

  private int run(String... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(List.of(arguments));
    if (all.size() > 1) {
      all.addAll(List.of("--jdbc-url", url()));
    }
    CommandLine command = BackfillCommand.commandLine(arguments);
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    return command.execute(all.toArray(String[]::new));
  }

  private String url() {
    return "jdbc:h2:file:" + folder.resolve("history").toAbsolutePath();
  }

  private void quarantine(String key, String error) {
    BackfillSettings settings =
        BackfillSettings.builder().set(BackfillSettings.JDBC_URL, url()).build();
    try (Database database = Database.open(settings, 2)) {
      ProgressStore progress = database.store().progress();
      Claim granted =
          progress.claim(
              progress
                  .register(new BackfillKey("github:pull-requests", "apache/kafka"), "manual")
                  .id(),
              new LeaseRequest("worker", "local", Duration.ofMinutes(5)));
      progress.commit(
          granted.lease(),
          new ChunkCommit<PullRequest>(
              1,
              UUID.randomUUID(),
              Cursor.START,
              new Chunk<>(
                  List.of(),
                  List.of(new RejectedItem(key, error, "")),
                  new Cursor("after"),
                  true,
                  1),
              new Decision.Proceed(25, 0, "standard"),
              null,
              Duration.ZERO,
              Results.UNTIL,
              Total.exact(1)),
          database.store().sink(PullRequest.class).orElseThrow());
      progress.release(granted.lease(), LeaseRelease.as(BackfillStatus.COMPLETED_WITH_GAPS));
    }
  }
}
