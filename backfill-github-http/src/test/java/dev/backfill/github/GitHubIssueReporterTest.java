package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.status;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedIssues;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubIssueReporterTest {

  private static final String HOST = "sim/host";
  private static final BackfillKey KEY = new BackfillKey("github:pull-requests", "apache/kafka");
  private static final String MESSAGE =
      "GitHub answers 401 \"Bad credentials\" for /repos/apache/kafka (request AB:12); what is"
          + " stored is kept: give a valid token";

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(SimulatedRepository.of(HOST, 0))
          .token("s3cr3t-token-value")
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder().apiUrl(github.url()).token("s3cr3t-token-value").timeSource(time).build();
  private final MemoryFailureLog log = new MemoryFailureLog();
  private final GitHubIssueReporter reporter = reporter(log);

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private GitHubIssueReporter reporter(FailureLog used) {
    return GitHubIssueReporter.builder(client, HOST, used)
        .timeSource(time)
        .runLink("https://github.com/sim/host/actions/runs/7")
        .build();
  }

  private FailureReport report(BackfillKey key, Reason reason, String message, String cursor) {
    return new FailureReport(
        key,
        new PermanentFailureException(reason, message, null),
        4,
        new Cursor(cursor),
        2,
        time.now(),
        "worker-of-mine",
        "github-actions",
        new Quota("core", 5_000, 17, Instant.parse("2026-01-01T01:00:00Z")));
  }

  private FailureReport report() {
    return report(KEY, Reason.BAD_CREDENTIALS, MESSAGE, "{\"v\":2,\"repo\":2211,\"page\":\"x\"}");
  }

  private List<SimulatedIssues.Issue> issues() {
    return github.issues().of(HOST);
  }

  private SimulatedIssues.Issue issue() {
    assertThat(issues()).hasSize(1);
    return issues().get(0);
  }

  @Test
  void anIssueSaysWhatWhereAndWhatToDo() {
    reporter.failed(report());

    assertThat(issue().open()).isTrue();
    assertThat(issue().labels()).containsExactly("backfill-failure");
    assertThat(issue().title())
        .isEqualTo("Backfill of apache/kafka fails: BAD_CREDENTIALS, github:pull-requests");
    assertThat(issue().body())
        .startsWith("<!-- backfill-fingerprint: ")
        .contains("| What | `github:pull-requests` |")
        .contains("| Where | `apache/kafka` |")
        .contains("| Chunk | `4` |")
        .contains("| Cursor | `{\"v\":2,\"repo\":2211,\"page\":\"x\"}` |")
        .contains("| Attempts in the last run | `2` |")
        .contains("| Failed so far | `1 time(s)` |")
        .contains("| Quota | `17 of 5,000 left of core until 2026-01-01T01:00:00Z` |")
        .contains("| GitHub's request | `AB:12` |")
        .contains("| Ran on | `github-actions` |")
        .contains("| Run | https://github.com/sim/host/actions/runs/7 |")
        .contains("```text\n" + MESSAGE + "\n```")
        .doesNotContain("worker-of-mine");
  }

  /** A stranger who writes the marker, and closes the issue, would keep failures from the owner. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anIssueThatAStrangerWroteIsLeftAlone(boolean labelled) {
    reporter.failed(report());
    String marker = issue().body().lines().findFirst().orElseThrow();
    github.issues().close(HOST, 1);
    time.advance(Duration.ofDays(31));
    SimulatedIssues.Issue foreign =
        github
            .issues()
            .write(
                HOST,
                "stranger",
                "Mine",
                marker + "\nnot yours",
                labelled ? List.of("backfill-failure") : List.of());

    reporter(new MemoryFailureLog()).failed(report());

    assertThat(issues()).hasSize(3).contains(foreign);
    assertThat(issues().get(2).title()).startsWith("Backfill of apache/kafka fails");
  }

  @Test
  void withoutAKnownAccountNoIssueIsAdopted() {
    reporter.failed(report());
    String body = issue().body();
    try (Stub stub = new Stub()) {
      stub.server.stubFor(
          get(urlPathEqualTo("/repos/sim/host/issues"))
              .willReturn(
                  okJson(
                      "[{\"number\":1,\"state\":\"open\",\"body\":"
                          + quoted(body)
                          + ",\"user\":null}]")));
      stub.server.stubFor(get(urlPathEqualTo("/user")).willReturn(status(403)));
      stub.server.stubFor(post(urlPathEqualTo("/graphql")).willReturn(status(403)));
      stub.server.stubFor(
          post(urlPathEqualTo("/repos/sim/host/issues"))
              .willReturn(okJson("{\"number\":2,\"state\":\"open\",\"user\":{\"id\":5}}")));
      GitHubIssueReporter.builder(stub.client, HOST, new MemoryFailureLog())
          .timeSource(time)
          .build()
          .failed(report());

      stub.server.verify(1, postRequestedFor(urlPathEqualTo("/repos/sim/host/issues")));
      stub.server.verify(0, patchRequestedFor(anyUrl()));
    }
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }

  @Test
  void tenConcurrentFailuresOpenOneIssue() throws Exception {
    List<GitHubIssueReporter> processes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      processes.add(reporter(log));
    }
    ExecutorService threads = Executors.newFixedThreadPool(10);
    try {
      List<Callable<Boolean>> calls = new ArrayList<>();
      for (GitHubIssueReporter process : processes) {
        calls.add(
            () -> {
              process.failed(report());
              return true;
            });
      }
      for (Future<Boolean> future : threads.invokeAll(calls)) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }

    assertThat(issue().open()).isTrue();
    // One more, in case the last of them came when nobody was telling any more.
    reporter.failed(report());
    assertThat(issue().body()).contains("| Failed so far | `11 time(s)` |");
  }

  @Test
  void afterTheLedgerWasLostTheIssueIsFoundAgain() {
    reporter.failed(report());
    reporter(new MemoryFailureLog()).failed(report());

    assertThat(issue().open()).isTrue();
  }

  @Test
  void anIssueWhoseLabelWasDroppedIsFoundAgain() {
    github.issues().dropLabels();
    reporter.failed(report());
    reporter(new MemoryFailureLog()).failed(report());

    assertThat(issue().labels()).isEmpty();
  }

  @Test
  void otherFailuresHaveIssuesOfTheirOwn() {
    String cursor = "{\"v\":2,\"repo\":2211}";
    reporter.failed(report());
    reporter.failed(report(KEY, Reason.NOT_FOUND, "gone", cursor));
    BackfillKey comments = new BackfillKey("github:issue-comments", KEY.target());
    reporter.failed(report(comments, Reason.NOT_FOUND, "gone", cursor));
    BackfillKey renamed = new BackfillKey(KEY.source(), "apache/kafka-renamed");
    reporter.failed(report(renamed, Reason.NOT_FOUND, "gone", cursor));

    assertThat(issues()).hasSize(2);
  }

  @Test
  void aRepositoryThatDoesNotExistOpensOneIssue() {
    for (String stream : STREAMS) {
      reporter.failed(report(new BackfillKey(stream, "o/gone"), Reason.NOT_FOUND, "gone", ""));
    }

    assertThat(issue().title()).isEqualTo("Backfill of o/gone fails: NOT_FOUND");
    assertThat(issue().body()).contains(STREAMS);

    reporter.recovered(new BackfillKey(STREAMS.get(0), "o/gone"));
    reporter.recovered(new BackfillKey(STREAMS.get(1), "o/gone"));
    assertThat(issue().open()).as("one stream still fails").isTrue();
    reporter.recovered(new BackfillKey(STREAMS.get(2), "o/gone"));
    assertThat(issue().open()).isFalse();
  }

  @Test
  void aRefusedTokenOpensOneIssueForAllRepositories() {
    for (int i = 0; i < 60; i++) {
      reporter.failed(
          report(new BackfillKey(STREAMS.get(i % 3), "o/r" + i), Reason.BAD_CREDENTIALS, "no", ""));
    }

    assertThat(issue().title()).isEqualTo("Backfill of 60 repositories fails: BAD_CREDENTIALS");
    assertThat(issue().body()).contains("| `o/r0` |", "and 10 more repositories");
    for (int i = 0; i < 60; i++) {
      assertThat(issue().open()).isTrue();
      reporter.recovered(new BackfillKey(STREAMS.get(i % 3), "o/r" + i));
    }
    assertThat(issue().open()).isFalse();
  }

  private static final List<String> STREAMS =
      List.of("github:pull-requests", "github:review-comments", "github:issue-comments");

  @Test
  void aRecoveryClosesTheIssue() {
    reporter.failed(report());
    reporter.failed(report());
    reporter.recovered(new BackfillKey("github:pull-requests", "somebody/else"));
    assertThat(issue().open()).isTrue();

    time.advance(Duration.ofMinutes(5));
    Instant over = time.now();
    reporter.recovered(KEY);
    reporter.recovered(KEY);

    assertThat(issue().open()).isFalse();
    assertThat(issue().comments())
        .containsExactly("It has worked again since " + over + ", after 2 failure(s).");
  }

  @Test
  void aFailureWithin30DaysReopensIt() {
    reporter.failed(report());
    reporter.recovered(KEY);
    time.advance(Duration.ofDays(29));
    reporter.failed(report());
    assertThat(issue().open()).isTrue();
    assertThat(issue().comments()).hasSize(2);

    reporter.recovered(KEY);
    time.advance(Duration.ofDays(31));
    reporter.failed(report());
    assertThat(issues()).hasSize(2);
    assertThat(issues().get(0).open()).isFalse();
    assertThat(issues().get(1).open()).isTrue();
  }

  @Test
  void anIssueThatWasClosedBeforeTheLedgerWasLostIsReopened() {
    reporter.failed(report());
    reporter.recovered(KEY);
    time.advance(Duration.ofDays(3));
    reporter(new MemoryFailureLog()).failed(report());

    assertThat(issue().open()).isTrue();
  }

  @Test
  void commentsAtPowersOfTwoAndAtMostOneADay() {
    for (int i = 0; i < 3; i++) {
      reporter.failed(report());
    }
    assertThat(issue().comments()).isEmpty();
    assertThat(issue().body()).contains("`3 time(s)`");
    time.advance(Duration.ofDays(1));
    reporter.failed(report());
    assertThat(issue().comments()).hasSize(1);
    assertThat(issue().comments().get(0)).startsWith("It has failed 4 time(s) now");
    for (int i = 5; i <= 8; i++) {
      time.advance(Duration.ofDays(2));
      reporter.failed(report());
    }
    assertThat(issue().comments()).hasSize(2);
    assertThat(issue().comments().get(1)).startsWith("It has failed 8 time(s) now");
  }

  @Test
  void aTokenInTheErrorIsNotInTheIssue() {
    reporter.failed(
        report(
            KEY,
            Reason.UNEXPECTED,
            "s3cr3t-token-value ghp_0123456789abcdefghij github_pat_0123456789abcdefghij"
                + " eyJhbGciOiJSUzI1.eyJpc3MiOiIxMjM0.c2lnbmF0dXJl"
                + " postgresql://user:hunter2@db/x password=hunter3",
            "{\"page\":\"ghs_0123456789abcdefghij\"}"));

    assertThat(issue().body())
        .contains("*** *** *** *** postgresql://***@db/x password=***")
        .doesNotContain("ghp_")
        .doesNotContain("ghs_")
        .doesNotContain("github_pat_")
        .doesNotContain("s3cr3t")
        .doesNotContain("eyJ")
        .doesNotContain("hunter");
  }

  @Test
  void theErrorCannotBreakOutOfItsFence() {
    String hostile = "``` end\n````\n@everybody #1 <!-- x -->\n" + "x".repeat(100_000);
    reporter.failed(report(KEY, Reason.UNEXPECTED, hostile, "``` @nobody | x"));

    String body = issue().body();
    assertThat(body).hasSizeLessThan(65_536).contains("\n`````text\n").endsWith("...\n`````\n");
    assertThat(body).contains("| Cursor | `@nobody x` |");
  }

  @Test
  void itsOwnFailuresTouchNothing() {
    github.issues().switchOff(HOST);
    reporter.failed(report());
    reporter.recovered(KEY);
    github.failNext(3, 502);
    reporter.failed(report());
    github.limitNext(Duration.ofMinutes(5));
    reporter.failed(report());

    assertThat(issues()).isEmpty();
    assertThat(time.sleeps()).allMatch(sleep -> sleep.compareTo(Duration.ofSeconds(1)) <= 0);
  }

  @Test
  void whatCouldNotBeToldIsToldTheNextTime() {
    github.failNext(1, 502);
    reporter.failed(report());
    assertThat(issues()).isEmpty();
    reporter.failed(report());

    assertThat(issue().body()).contains("`2 time(s)`");
  }

  @Test
  void everySecretThatPeopleWriteDownIsHidden() {
    reporter.failed(
        report(
            KEY,
            Reason.UNEXPECTED,
            "jdbc:postgresql://me:p@ss@db/x password: hunter4 \"api_key\":\"hunter5\""
                + " Authorization: Bearer hunter6hunter6 Proxy: Basic aHVudGVyNzpodW50ZXI3"
                + " gh\u200bp_0123456789abcdefghij\n"
                + "-----BEGIN RSA PRIVATE KEY-----\nMIIhunter8\n-----END RSA PRIVATE KEY-----\nend",
            "{}"));

    assertThat(issue().body())
        .contains(
            "jdbc:postgresql://***@db/x password: *** \"api_key\":\"***\""
                + " Authorization: Bearer *** Proxy: Basic *** ***\n***\nend\n")
        .doesNotContain("hunter", "p@ss", "ss@db", "ghp_", "MII");
  }

  @Test
  void theMarkerOfAnotherFailureInAnErrorIsNotTakenForIt() {
    reporter.failed(report());
    String marker = issue().body().lines().findFirst().orElseThrow();
    FailureLog lost = new MemoryFailureLog();
    reporter(lost).failed(report(KEY, Reason.NOT_FOUND, "seen " + marker, "{\"repo\":2211}"));
    reporter(lost).failed(report());

    assertThat(issues()).hasSize(2);
    assertThat(issues().get(1).body()).doesNotContain(marker);
    assertThat(issues().get(0).body()).contains("| Class | `BAD_CREDENTIALS` |");
    assertThat(issues().get(1).body()).contains("| Class | `NOT_FOUND` |");
  }

  @Test
  void anIssueThatCouldNotBeClosedIsClosedTheNextTime() {
    reporter.failed(report());
    github.failNext(1, 502);
    reporter.recovered(KEY);
    assertThat(issue().open()).isTrue();
    assertThat(issue().comments()).isEmpty();

    reporter.recovered(new BackfillKey("github:pull-requests", "somebody/else"));

    assertThat(issue().open()).isFalse();
    assertThat(issue().comments()).hasSize(1);
  }

  @Test
  void anIssueThatAPersonClosedStaysClosedWhileTheFailureLasts() {
    reporter.failed(report());
    github.issues().close(HOST, 1);
    for (int i = 0; i < 7; i++) {
      time.advance(Duration.ofDays(2));
      reporter.failed(report());
    }
    assertThat(issue().body()).contains("`8 time(s)`");
    reporter.recovered(KEY);

    assertThat(issue().open()).isFalse();
    assertThat(issue().comments()).isEmpty();
  }

  @Test
  void aNewIssueWhoseAnswerWasLostIsFoundAgain() {
    reporter.failed(report());
    reporter.recovered(KEY);
    time.advance(Duration.ofDays(31));
    reporter.failed(report());
    assertThat(issues()).hasSize(2);

    // As it is when the second one's number never arrived.
    log.claim(fingerprint(), "test", Duration.ofMinutes(1));
    FailureLog.Entry entry = log.find(fingerprint()).orElseThrow();
    log.markReported(
        "test", entry.withReport(1, "", false, 1, time.now().minus(Duration.ofDays(31))));
    log.release(fingerprint(), "test");
    reporter.failed(report());

    assertThat(issues()).hasSize(2);
    assertThat(issues().get(1).body()).contains("`2 time(s)`");
  }

  private String fingerprint() {
    String marker = issues().get(0).body().lines().findFirst().orElseThrow();
    return marker.replaceAll(".*: (\\w+) .*", "$1");
  }
}
