package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that names a time to come back is a limit, whatever its status and the endpoint. */
@Timeout(60)
class RetryAfterTest {

  private static final String DISPATCHES = "/repos/o/r/actions/workflows/w.yml/dispatches";
  private static final String INSTALLATION = "/app/installations/42/access_tokens";

  private final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN));
  private final Instant start = github.time.now();

  @AfterEach
  void close() {
    github.close();
  }

  private static ResponseDefinitionBuilder busy(int status) {
    return aResponse()
        .withStatus(status)
        .withHeader("Retry-After", "37")
        .withHeader("Content-Type", "text/html")
        .withBody("<html>Service Unavailable</html>");
  }

  private void assertLimited(Throwable failure) {
    assertThat(failure).isInstanceOf(RateLimitedException.class);
    assertThat(((RateLimitedException) failure).until()).isEqualTo(start.plusSeconds(37));
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 502, 503, 504})
  void aBusyServerIsNoPageThatIsTooLarge(int status) {
    try (QueryAnswers queries = new QueryAnswers()) {
      queries.page(null, busy(status));
      Throwable failure;
      try (SourceSession<PullRequest> session = queries.open()) {
        failure = catchThrowable(() -> session.next(50, 0));
        assertThat(session.readMode()).as("no smaller pages").isEmpty();
      }
      assertLimited(failure);
      assertThat(queries.queries()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 503, 504})
  void aBusyServerIsNoFailedAttemptOfAList(int status) {
    github.answer(Stub.LIST, busy(status));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertLimited(catchThrowable(() -> session.next(50, 0)));
      assertThat(github.requests(Stub.LIST)).isEqualTo(1);
      assertLimited(catchThrowable(() -> session.next(50, 0)));
      assertThat(github.requests(Stub.LIST)).isEqualTo(1);
    }
  }

  @Test
  void aBusyServerGivesUpNoItemOfAList() throws Exception {
    github.page(1, 1, 1, 1);
    github.server.stubFor(get(urlPathMatching(".*/pulls/1/reviews")).willReturn(busy(503)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.REVIEWS)) {
      for (int i = 1; i <= 4; i++) {
        Throwable failure = catchThrowable(() -> session.next(50, 0));
        assertThat(failure).isInstanceOf(RateLimitedException.class);
        Instant until = ((RateLimitedException) failure).until();
        github.time.advance(Duration.between(github.time.now(), until));
      }
      github.server.stubFor(get(urlPathMatching(".*/pulls/1/reviews")).willReturn(ok("[]")));
      assertThat(Stub.numbers(session.next(50, 0))).containsExactly(1);
    }
  }

  @Test
  void aDispatchThatMeetsABusyServerWasNotDone() {
    github.server.stubFor(post(urlEqualTo(DISPATCHES)).willReturn(busy(503)));
    assertLimited(catchThrowable(this::dispatch));
    assertLimited(catchThrowable(this::dispatch));
    github.server.verify(1, postRequestedFor(urlEqualTo(DISPATCHES)));
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 504})
  void aWriteThatMayHaveBeenDoneStaysUnknown(int status) {
    github.server.stubFor(post(urlEqualTo(DISPATCHES)).willReturn(busy(status)));
    assertThatThrownBy(this::dispatch)
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("It may have been done all the same");
    assertLimited(catchThrowable(this::dispatch));
    github.server.verify(1, postRequestedFor(urlEqualTo(DISPATCHES)));
  }

  @Test
  void anIssueThatIsSubmittedTooQuicklyIsALimit() {
    github.server.stubFor(
        post(urlEqualTo(DISPATCHES))
            .willReturn(
                aResponse()
                    .withStatus(422)
                    .withBody(
                        "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Issue\","
                            + "\"code\":\"custom\",\"message\":\"was submitted too quickly\"}]}")));
    assertThat(catchThrowable(this::dispatch))
        .isInstanceOf(RateLimitedException.class)
        .hasMessageContaining("was submitted too quickly");
  }

  private void dispatch() throws InterruptedException {
    GitHubActionsDispatcher.builder(github.client, "o/r", "w.yml")
        .inputs(Set.of())
        .build()
        .dispatch(
            Dispatch.requested("id-1", Instant.EPOCH), "o/r", List.of("github:pull-requests"));
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 502, 503})
  void aBusyServerThatGivesAnAppItsTokenIsWaitedFor(int status) {
    try (Stub app =
        new Stub(GitHub.builder().app(GitHubApp.of("Iv23li", Keys.pkcs1()).withInstallation(42)))) {
      app.server.stubFor(post(urlEqualTo(INSTALLATION)).willReturn(busy(status)));
      GitHubApi api = app.client.sharedResources().api();
      for (int i = 0; i < 2; i++) {
        assertLimited(
            catchThrowable(() -> api.get("/thing", new RequestBudget(0, new LongAdder()))));
      }
      app.server.verify(1, postRequestedFor(urlEqualTo(INSTALLATION)));
    }
  }

  @Test
  void aBusyServerIsAskedLaterWhoseATokenIs() throws Exception {
    try (Stub two = new Stub(GitHub.builder().tokens(List.of("ghp_a", "ghp_b")))) {
      two.server.stubFor(any(anyUrl()).willReturn(ok("{}")));
      two.answer("/user", busy(503));
      GitHubApi api = two.client.sharedResources().api();
      assertLimited(catchThrowable(() -> api.get("/thing", new RequestBudget(0, new LongAdder()))));
      assertThat(two.requests("/user")).as("each token once").isEqualTo(2);
      assertThat(two.requests("/thing")).isZero();
    }
  }
}
