package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that look after repositories, as people and cron use them. */
class WorkerIT {

  private static final String[] LIST_ONLY = {"--include", "none"};

  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(
              SimulatedRepository.of("sim/one", 130),
              SimulatedRepository.of("sim/two", 40),
              SimulatedRepository.of("sim/empty", 0))
          .start();

  @TempDir Path folder;

  @AfterEach
  void close() {
    github.close();
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url());
  }

  private CliProcess run(String... args) {
    CliProcess process = cli().run(args);
    assertThat(process.exitCode()).as(process.toString()).isZero();
    return process;
  }

  private CliProcess listOnly(String... args) {
    String[] all = new String[args.length + LIST_ONLY.length];
    System.arraycopy(args, 0, all, 0, args.length);
    System.arraycopy(LIST_ONLY, 0, all, args.length, LIST_ONLY.length);
    return run(all);
  }

  @Test
  void whatIsTrackedIsBroughtDetectedAndBroughtAgain() throws Exception {
    assertThat(listOnly("track", "sim/one", "sim/two", "sim/empty").out())
        .contains("sim/one pull requests: tracked; a worker fetches it");
    assertThat(listOnly("track", "SIM/one").out()).contains("sim/one: is already tracked");
    assertThat(listOnly("worker", "--once").out())
        .contains("170 item(s), 3 stream(s) completed, 0 failure(s)")
        .contains("Next: ");
    assertThat(listOnly("worker", "--once").out()).contains("0 slice(s)");
    assertThat(listOnly("detect").out())
        .isEqualToIgnoringNewLines("Nothing is missing except what is queued or running.");

    assertThat(listOnly("sync", "sim/two", "--reason", "a look").out())
        .contains("sim/two pull requests: queued before other jobs");
    assertThat(run("explain", "sim/two").out())
        .contains("job                queued, manual because: asked for by")
        .contains(": a look");
    assertThat(listOnly("worker", "--once").out()).contains("1 stream(s) completed");

    // Asked with all streams, two are new of each repository.
    CliProcess extended = run("detect", "--json");
    assertThat(extended.out()).contains("\"extended\"").contains("\"github:review-comments\"");
    assertThat(run("untrack", "sim/two").out())
        .contains("sim/two pull requests: no longer tracked; stored items stay");
    assertThat(run("history", "sim/one").out())
        .contains("triggered")
        .contains("newly tracked")
        .contains("routed")
        .contains("completed");
  }

  @Test
  void aWorkerThatFailsSaysSoAndTheJobIsTriedAgainLater() {
    github.hide("sim/one");
    listOnly("track", "sim/one");
    CliProcess worker = cli().run("worker", "--once", "--include", "none");
    assertThat(worker.exitCode()).as(worker.toString()).isEqualTo(1);
    assertThat(worker.out()).contains("1 failure(s)").contains("Next: ");
    assertThat(run("explain", "sim/one").out())
        .contains("failures in a row  1")
        .contains("try 1 of 6 at ");
  }

  @Test
  void aWorkerForEverEndsWithAWholeChunkWhenItIsAsked() throws Exception {
    listOnly("track", "sim/one");
    CliProcess worker = cli().start("worker", "--include", "none");
    worker.awaitThat("it works", () -> worker.err().contains("sim/one pull requests"));
    worker.signal("TERM");
    assertThat(worker.await()).as(worker.toString()).isEqualTo(130);
    assertThat(worker.err()).contains("the leases are released");
    assertThat(run("status").out()).contains("sim/one").doesNotContain("held by");
  }

  @Test
  void aRunOnGitHubActionsAnnotatesItsFailuresAndWritesASummary() throws Exception {
    github.hide("sim/two");
    listOnly("track", "sim/one", "sim/two");
    Path summary = folder.resolve("summary.md");
    CliProcess worker =
        cli()
            .env("GITHUB_ACTIONS", "true")
            .env("GITHUB_STEP_SUMMARY", summary)
            .run("worker", "--all-placements", "--once", "--include", "none");
    assertThat(worker.exitCode()).as(worker.toString()).isEqualTo(1);
    assertThat(worker.out())
        .contains("::error title=Backfill of sim/two pull requests::GitHub answers 404");
    assertThat(Files.readString(summary))
        .startsWith("## Backfill\n")
        .contains("| sim/one | pull requests | completed | 130 of 130 | 100.0 % |  |")
        .contains("| sim/two | pull requests | failed | 0 |  | GitHub answers 404");
  }

  @Test
  void switchedOffItRefusesToWork() {
    listOnly("track", "sim/one");
    CliProcess worker = cli().env("ENABLE_PROGRESSIVE_BACKFILL", "false").run("worker", "--once");
    assertThat(worker.exitCode()).isEqualTo(2);
    assertThat(worker.err()).contains("ENABLE_PROGRESSIVE_BACKFILL is false");
  }

  @ParameterizedTest
  @CsvSource({
    "BACKFILL_ACTIONS_SHARE, 101, from 0 to 100",
    "BACKFILL_INCLUDE, nonsense, is not one of",
  })
  void aWrongValueStopsWithItsNameValueAndRule(String name, String value, String rule) {
    CliProcess worker = cli().env(name, value).run("worker", "--once");
    assertThat(worker.exitCode()).as(worker.toString()).isEqualTo(2);
    assertThat(worker.err()).contains(name).contains(value).contains(rule);
    assertThat(folder.resolve("backfill-data")).doesNotExist();
  }

  @Test
  void aRunOfBoundedTimeEndsWhenNothingIsDueInTime() {
    listOnly("track", "sim/empty");
    long start = System.nanoTime();
    assertThat(listOnly("worker", "--max-duration", "PT10M").out())
        .contains("1 stream(s) completed");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofMinutes(2));
  }
}
