package dev.backfill.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looking at, stopping and resuming a run, on the default database, from other processes. */
@Execution(ExecutionMode.CONCURRENT)
class SteeringIT {

  private static final String[] RUN = {"run", "sim/repo", "--chunk-size=10"};

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 150);
  private SimulatedGitHub github;

  @TempDir Path folder;

  @BeforeEach
  void start() {
    github =
        SimulatedGitHub.builder()
            .repository(repository)
            .latency(Duration.ofMillis(60), Duration.ofMillis(120))
            .start();
  }

  @AfterEach
  void stop() {
    github.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalEndsTheRunAndTheNextOneGoesOn(String signal) throws IOException {
    assumeTrue(!signal.equals("INT") || !isInterruptIgnored(), "SIGINT is ignored here");
    try (CliProcess run = cli().start(RUN)) {
      awaitChunks(run);
      run.signal(signal);
      assertThat(run.await()).as(run.toString()).isEqualTo(130);
      assertThat(run.out()).contains("interrupted");
      assertThat(run.err())
          .contains("Continue with: java -jar " + CliProcess.JAR + " run sim/repo --chunk-size=10");
    }
    CliProcess status = cli().run("status", "--json");
    assertThat(status.out()).contains("\"pending\"").doesNotContain("\"running\"");
    CliProcess next = cli().run(RUN);
    assertThat(next.exitCode()).as(next.toString()).isZero();
    assertThat(next.err()).doesNotContain("waits for");
    assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(HistoryRows.of(repository));
  }

  @Test
  void statusWorksBeforeDuringAndAfterARun() throws IOException {
    CliProcess before = cli().run("status");
    assertThat(before.exitCode()).as(before.toString()).isZero();
    assertThat(before.err()).contains("There are no backfills yet");
    assertThat(folder).as("status creates nothing").isEmptyDirectory();

    try (CliProcess run = cli().start(RUN)) {
      awaitChunks(run);
      CliProcess during = cli().run("status", "--json");
      assertThat(during.exitCode()).as(during.toString()).isZero();
      JsonNode streams = new ObjectMapper().readTree(during.out()).path("backfills");
      assertThat(streams).hasSize(3);
      assertThat(streams.findValuesAsText("status")).contains("running");
      assertThat(streams.findValuesAsText("holder")).anyMatch(holder -> holder.contains("/pid-"));
      assertThat(run.isAlive()).as("status looked while it ran\n%s", run).isTrue();
      assertThat(run.await()).as(run.toString()).isZero();
    }
    CliProcess after = cli().run("status");
    assertThat(after.out()).contains("TARGET", "completed", "150 of 150", "100.0 %");
  }

  @Test
  void aPauseFromAnotherProcessStandsUntilItIsResumed() {
    try (CliProcess run = cli().start(RUN)) {
      awaitChunks(run);
      CliProcess pause =
          cli().run("pause", "SIM/repo", "--actor", "alice", "--reason", "the disk is changed");
      assertThat(pause.exitCode()).as(pause.toString()).isZero();
      assertThat(pause.out()).contains("pull requests: pausing");
      assertThat(run.await()).as(run.toString()).isEqualTo(1);
      assertThat(run.err()).contains("A user paused sim/repo", "resume sim/repo");
    }
    CliProcess again = cli().run(RUN);
    assertThat(again.exitCode()).as(again.toString()).isEqualTo(1);

    CliProcess resume = cli().run("resume", "sim/repo");
    assertThat(resume.exitCode()).as(resume.toString()).isZero();
    CliProcess last = cli().run(RUN);
    assertThat(last.exitCode()).as(last.toString()).isZero();
    assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(HistoryRows.of(repository));

    CliProcess history = cli().run("history", "sim/repo");
    assertThat(history.exitCode()).as(history.toString()).isZero();
    assertThat(history.out().lines())
        .filteredOn(line -> line.contains("pull requests"))
        .anyMatch(line -> line.matches(".*pausing +pause +alice +the disk is changed"))
        .anyMatch(line -> line.matches(".*pausing +paused +release +.*"))
        .anyMatch(line -> line.matches(".*paused +pending +resume +.*"))
        .last()
        .asString()
        .contains("completed");
  }

  /** Two seconds, and what a busy machine needs to notice and to end a process. */
  private static final Duration SOON = Duration.ofSeconds(8);

  @Test
  void aPauseEndsARunThatWaitsForQuota() {
    github.limitNext(Duration.ofHours(1));
    try (CliProcess run = cli().start(RUN)) {
      run.awaitThat("waits", () -> run.err().contains("wait"));
      assertThat(cli().run("pause", "sim/repo").exitCode()).isZero();
      assertThat(run.await(SOON)).as(run.toString()).isEqualTo(1);
    }
  }

  @Test
  void aPauseEndsARunWhoseRequestHangs() {
    try (CliProcess run = cli().start(RUN)) {
      awaitChunks(run);
      github.stallNext();
      github.stallNext();
      github.stallNext();
      assertThat(cli().run("pause", "sim/repo").exitCode()).isZero();
      assertThat(run.await(SOON)).as(run.toString()).isEqualTo(1);
      assertThat(run.err()).contains("A user paused sim/repo");
    }
  }

  @Test
  void aSecondRunSaysWhoHoldsItAndWaits() {
    try (CliProcess first = cli().start(RUN)) {
      awaitChunks(first);
      try (CliProcess second = cli().start(RUN)) {
        second.awaitThat("says who holds it", () -> second.err().contains("which holds it until"));
        assertThat(first.await()).as(first.toString()).isZero();
        assertThat(second.await()).as(second.toString()).isZero();
      }
    }
    assertThat(HistoryRows.inDefaultDatabase(folder)).isEqualTo(HistoryRows.of(repository));
  }

  /** A shell's background job ignores it, and so does every process that the job starts. */
  private static boolean isInterruptIgnored() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return false;
    }
    String ignored =
        Files.readAllLines(status).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .map(line -> line.substring("SigIgn:".length()).strip())
            .findFirst()
            .orElse("0");
    return (Long.parseUnsignedLong(ignored, 16) & 1L << 1) != 0;
  }

  private static void awaitChunks(CliProcess run) {
    run.awaitThat("has stored pull requests", () -> run.err().contains("pull requests: 10 of"));
  }

  private CliProcess.Builder cli() {
    return CliProcess.in(folder).env("GITHUB_API_URL", github.url());
  }
}
