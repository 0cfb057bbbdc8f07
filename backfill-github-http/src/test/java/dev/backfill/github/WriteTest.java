package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.store.BackfillKey;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written at GitHub: where to, once, and with what to say when nobody knows. */
class WriteTest {

  private static final String DISPATCHES = "/repos/o/r/actions/workflows/w.yml/dispatches";
  private static final String MOVED = "/repositories/7/actions/workflows/w.yml/dispatches";
  private static final String ISSUES = "/repos/o/r/issues";
  private static final String ALL =
      ISSUES + "?state=all&sort=created&direction=desc&per_page=100&page=1&creator=ann";
  private static final String LABELLED = ALL + "&labels=backfill-failure";

  private final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN));
  private final MemoryFailureLog log = new MemoryFailureLog();

  @BeforeEach
  void anAccount() {
    github.answer("/user", Stub.ok("{\"id\":7,\"login\":\"ann\"}"));
  }

  @AfterEach
  void close() {
    github.close();
  }

  private void answer(String path, ResponseDefinitionBuilder answer) {
    github.server.stubFor(post(urlEqualTo(path)).willReturn(answer));
  }

  private Dispatch dispatch() throws InterruptedException {
    return GitHubActionsDispatcher.builder(github.client, "o/r", "w.yml")
        .inputs(Set.of())
        .build()
        .dispatch(
            Dispatch.requested("id-1", Instant.EPOCH), "o/r", List.of("github:pull-requests"));
  }

  private void fail() {
    BackfillException failure =
        new PermanentFailureException(
            PermanentFailureException.Reason.UNEXPECTED, "it does not work", null);
    BackfillKey key = new BackfillKey("github:pull-requests", "o/r");
    GitHubIssueReporter.builder(github.client, "o/r", log)
        .timeSource(github.time)
        .build()
        .failed(
            new FailureReport(
                key, failure, 1, Cursor.START, 1, github.time.now(), "worker", "local", null));
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void aWriteFollowsARedirectWithinTheApiAsItIs(int status) throws InterruptedException {
    answer(DISPATCHES, aResponse().withStatus(status).withHeader("Location", MOVED));
    answer(
        MOVED,
        aResponse()
            .withHeader("Content-Type", "application/json")
            .withBody("{\"workflow_run_id\": 12}"));

    assertThat(dispatch().run()).isEqualTo("12");
    github.server.verify(
        1,
        postRequestedFor(urlEqualTo(MOVED))
            .withRequestBody(
                equalToJson("{\"ref\":\"main\",\"inputs\":{},\"return_run_details\":true}")));
  }

  @Test
  void aWriteIsNotSentToAnybodyElse() {
    WireMockServer otherServer = new WireMockServer(wireMockConfig().dynamicPort());
    otherServer.start();
    try {
      otherServer.stubFor(post(anyUrl()).willReturn(aResponse()));
      answer(
          DISPATCHES,
          aResponse().withStatus(307).withHeader("Location", otherServer.baseUrl() + DISPATCHES));

      assertThatThrownBy(this::dispatch).isInstanceOf(PermanentFailureException.class);
      assertThat(otherServer.getAllServeEvents()).isEmpty();
    } finally {
      otherServer.stop();
    }
  }

  @Test
  void aConflictIsNoSuccess() {
    answer(ISSUES, aResponse().withStatus(409).withBody("{\"message\":\"Conflict\"}"));
    assertAskedOnceAndNotRecorded();
  }

  private void assertAskedOnceAndNotRecorded() {
    github.answer(LABELLED, Stub.ok("[]"));
    github.answer(ALL, Stub.ok("[]"));
    fail();

    github.server.verify(1, postRequestedFor(urlEqualTo(ISSUES)));
    assertThat(log.all()).extracting(FailureLog.Entry::issue).containsOnlyNulls();
  }

  @Test
  void anAnswerWithoutANumberIsNotRecorded() {
    answer(ISSUES, Stub.ok("{}"));
    assertAskedOnceAndNotRecorded();
  }

  @Test
  void aListThatIsNoneOpensNothing() {
    answer(ISSUES, Stub.ok("{\"number\":1,\"state\":\"open\"}"));
    github.answer(LABELLED, Stub.ok("{\"message\":\"odd\"}"));
    fail();

    github.server.verify(0, postRequestedFor(urlEqualTo(ISSUES)));
  }

  @Test
  void anEmptyAnswerIsNoEmptyListOfIssues() {
    answer(ISSUES, Stub.ok("{\"number\":1,\"state\":\"open\"}"));
    github.answer(LABELLED, aResponse().withStatus(200));
    fail();

    github.server.verify(0, postRequestedFor(urlEqualTo(ISSUES)));
    assertThat(log.all()).extracting(FailureLog.Entry::issue).containsOnlyNulls();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{}", "[]", "{\"workflow_runs\":{}}"})
  void aListOfRunsThatIsNoneSaysNothingOfARun(String body) {
    github.server.stubFor(
        get(urlPathEqualTo("/repos/o/r/actions/workflows/w.yml/runs"))
            .willReturn(aResponse().withBody(body)));
    assertRunUnknown(new Dispatch("id-1", github.time.now(), null, null, null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "{\"id\":12}"})
  void aRunThatIsNoneSaysNothingOfIt(String body) {
    github.answer("/repos/o/r/actions/runs/12", aResponse().withBody(body));
    assertRunUnknown(new Dispatch("id-1", github.time.now(), "12", null, null));
  }

  private void assertRunUnknown(Dispatch dispatch) {
    GitHubActionsDispatcher dispatcher =
        GitHubActionsDispatcher.builder(github.client, "o/r", "w.yml").inputs(Set.of()).build();
    assertThatThrownBy(() -> dispatcher.follow(dispatch))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("GitHub's response for");
  }

  @Test
  void aLostAnswerSaysThatItMayHaveBeenDone() {
    answer(DISPATCHES, aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
    assertUnknown();
    answer(DISPATCHES, aResponse().withStatus(502));
    assertUnknown();
    answer(DISPATCHES, aResponse().withBody("<html>"));
    assertUnknown();
    answer(DISPATCHES, aResponse().withStatus(200));
    assertUnknown();
  }

  private void assertUnknown() {
    assertThatThrownBy(this::dispatch)
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("It may have been done all the same")
        .hasMessageNotContaining("Trying again is safe");
  }
}
