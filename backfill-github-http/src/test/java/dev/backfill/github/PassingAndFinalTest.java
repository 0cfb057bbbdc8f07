package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.pageUrl;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which bad answers pass, which are final at once, and which are final after a few tries. */
@Timeout(60)
class PassingAndFinalTest {

  private static final String REPOSITORY = "/repos/o/r";
  private static final String LOGIN = "/login?return_to=%2Frepos%2Fo%2Fr";

  @ParameterizedTest
  @ValueSource(ints = {408, 421, 423, 425, 500, 501, 505, 507, 520, 522, 524, 599})
  void aStatusThatPassesIsTriedAgain(int status) throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.answer(LIST, aResponse().withStatus(status));
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("GitHub answers " + status)
          .hasMessageContaining("Trying again is safe");
      github.page(1, 1, 1, 3);
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(1, 3));
    }
  }

  static Stream<Arguments> doubtful() {
    return Stream.of(
        Arguments.of("404", status(404, "Not Found"), Reason.NOT_FOUND),
        Arguments.of("404 without words", aResponse().withStatus(404), Reason.NOT_FOUND),
        Arguments.of("403 without words", aResponse().withStatus(403), Reason.FORBIDDEN));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubtful")
  void aRefusalInTheMiddleOfAReadableListIsTriedAgain(
      String name, ResponseDefinitionBuilder refusal, Reason reason) throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.page(1, 2, 1, 100);
      github.answer(pageUrl(2), refusal);
      assertThat(numbers(session.next(100, 0))).hasSize(100);
      assertThat(catchThrowable(() -> session.next(100, 0)))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("could be read a moment ago");
      github.page(2, 2, 101, 150);
      assertThat(numbers(session.next(100, 0))).isEqualTo(range(101, 150));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("doubtful")
  void aRefusalInTheMiddleOfAListIsFinalAfterAFewTries(
      String name, ResponseDefinitionBuilder refusal, Reason reason) throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.page(1, 2, 1, 100);
      github.answer(pageUrl(2), refusal);
      session.next(100, 0);
      Throwable last = null;
      int tries = 0;
      while (!(last instanceof PermanentFailureException) && tries < 10) {
        last = catchThrowable(() -> session.next(100, 0));
        tries++;
      }
      assertThat(last)
          .isInstanceOfSatisfying(
              PermanentFailureException.class, e -> assertThat(e.reason()).isEqualTo(reason));
      assertThat(tries).isBetween(2, 5);
    }
  }

  @Test
  void aRefusalInAListOfARepositoryThatIsGoneIsFinalAtOnce() throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.page(1, 2, 1, 100);
      github.answer(pageUrl(2), status(404, "Not Found"));
      // Before the first chunk: the second page is fetched ahead.
      github.answer("/repositories/" + Stub.REPOSITORY_ID, status(404, "Not Found"));
      session.next(100, 0);
      assertThat(catchThrowable(() -> session.next(100, 0)))
          .isInstanceOf(PermanentFailureException.class);
    }
  }

  @Test
  void aRefusalWithWordsIsFinalAtOnce() throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.page(1, 2, 1, 100);
      github.answer(pageUrl(2), status(403, "Must have admin rights"));
      session.next(100, 0);
      assertThat(catchThrowable(() -> session.next(100, 0)))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("Must have admin rights");
    }
  }

  @Test
  void aProxyThatWantsCredentialsIsNamed() {
    try (Stub github = new Stub()) {
      github.answer(REPOSITORY, aResponse().withStatus(407).withBody("denied"));
      assertThat(failure(github))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("The proxy requires credentials")
          .hasMessageContaining("Stored items stay");
      assertThat(github.requests()).isEqualTo(1);
    }
  }

  static Stream<Arguments> webPages() {
    return Stream.of(
        Arguments.of("200", html(200)),
        Arguments.of("404", html(404)),
        Arguments.of("403", html(403)),
        Arguments.of("406", html(406)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("webPages")
  void aWebPageAsTheFirstAnswerIsFinal(String name, ResponseDefinitionBuilder page) {
    try (Stub github = new Stub()) {
      github.answer(REPOSITORY, page);
      assertThat(failure(github))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("a web page instead of JSON")
          .hasMessageContaining("/api/v3")
          .hasMessageContaining("GITHUB_API_URL")
          .hasMessageNotContaining("Sign in");
      assertThat(github.requests()).as("with a look under /api/v3").isEqualTo(2);
    }
  }

  @Test
  void aRedirectToALoginPageIsFinal() {
    try (Stub github = new Stub()) {
      github.answer(REPOSITORY, aResponse().withStatus(302).withHeader("Location", LOGIN));
      github.answer(LOGIN, html(200));
      assertThat(failure(github))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("/api/v3");
      assertThat(github.requests()).as("each with a look under /api/v3").isEqualTo(4);
    }
  }

  @Test
  void aRedirectToAnothersLoginPageAdvisesTheAddress() {
    try (Stub github = new Stub()) {
      github.answer(
          REPOSITORY,
          aResponse().withStatus(302).withHeader("Location", "https://login.example.com/saml"));
      assertThat(failure(github))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("Nothing was sent there")
          .hasMessageContaining("/api/v3");
    }
  }

  @Test
  void aCertificateThatIsNotTrustedIsFinal() {
    WireMockServer server = new WireMockServer(wireMockConfig().dynamicPort().dynamicHttpsPort());
    server.start();
    try (GitHub client = client("https://localhost:" + server.httpsPort())) {
      assertThat(failure(client))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("certificate")
          .hasMessageContaining("stored items stay");
      assertThat(server.findAll(getRequestedFor(anyUrl()))).isEmpty();
    } finally {
      server.stop();
    }
  }

  @Test
  void anAddressThatSpeaksNoTlsIsFinal() {
    WireMockServer server = new WireMockServer(wireMockConfig().dynamicPort());
    server.start();
    try (GitHub client = client("https://localhost:" + server.port())) {
      assertThat(failure(client))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("TLS");
    } finally {
      server.stop();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {421, 423, 425})
  void aQueryThatIsPutOffIsNotTakenForAPageTooLarge(int status) {
    QueryAnswers github = new QueryAnswers();
    try (SourceSession<PullRequest> session = github.open()) {
      github.page(null, aResponse().withStatus(status));
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class);
      assertThat(github.queries()).isEqualTo(1);
    } finally {
      github.close();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 421, 423, 425, 502})
  void aWriteThatIsPutOffPassesToo(int status) {
    try (Stub github = new Stub(GitHub.builder().token(Stub.TOKEN))) {
      github.server.stubFor(
          post(urlEqualTo("/repos/o/r/actions/workflows/w.yml/dispatches"))
              .willReturn(aResponse().withStatus(status)));
      GitHubActionsDispatcher dispatcher =
          GitHubActionsDispatcher.builder(github.client, "o/r", "w.yml").inputs(Set.of()).build();
      Dispatch request = Dispatch.requested("id-1", Instant.EPOCH);
      assertThat(
              catchThrowable(
                  () -> dispatcher.dispatch(request, "o/r", List.of("github:pull-requests"))))
          .isInstanceOf(TransientFailureException.class);
    }
  }

  private static Throwable failure(Stub github) {
    return failure(github.client);
  }

  private static Throwable failure(GitHub client) {
    try (SourceSession<PullRequest> session =
        client.pullRequests(Set.of(), GitHubTransport.REST).open("o/r", Cursor.START)) {
      return catchThrowable(() -> session.next(10, 0));
    }
  }

  private static GitHub client(String url) {
    return GitHub.builder().apiUrl(URI.create(url)).timeSource(new ManualTimeSource()).build();
  }

  private static ResponseDefinitionBuilder html(int status) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "text/html; charset=utf-8")
        .withBody("<html><body>Sign in</body></html>");
  }
}
