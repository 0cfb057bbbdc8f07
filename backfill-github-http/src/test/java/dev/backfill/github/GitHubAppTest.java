package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Isolated("it listens to the log, which all share")
class GitHubAppTest {

  private static final String TOKENS = "/app/installations/42/access_tokens";
  private static final String THING = "/thing";
  private static final String KEY = Keys.pkcs1();

  private final Stub github =
      new Stub(GitHub.builder().app(GitHubApp.of("Iv23li", KEY).withInstallation(42)));
  private final GitHubApi api = github.client.sharedResources().api();
  private final LongAdder spent = new LongAdder();
  private final Logged log = new Logged();

  @AfterEach
  void close() {
    log.close();
    github.close();
    assertThat(log.text()).doesNotContain("ghs_", "eyJ", "BEGIN");
  }

  private ResponseDefinitionBuilder token(String token, Duration life) {
    return aResponse()
        .withStatus(201)
        .withBody(
            "{\"token\":\"%s\",\"expires_at\":\"%s\"}"
                .formatted(token, github.time.now().plus(life)));
  }

  private void issue(String token) {
    github.server.stubFor(post(urlEqualTo(TOKENS)).willReturn(token(token, Duration.ofHours(1))));
  }

  private void accept(String token) {
    github.server.stubFor(
        get(urlEqualTo(THING))
            .withHeader("Authorization", equalTo("Bearer " + token))
            .willReturn(ok("{}")));
  }

  private void ask() throws InterruptedException {
    api.get(THING, new RequestBudget(0, spent));
  }

  private int issued() {
    return github.server.findAll(postRequestedFor(urlEqualTo(TOKENS))).size();
  }

  private static String claims(LoggedRequest request) {
    String jwt = request.getHeader("Authorization").substring("Bearer ".length());
    return new String(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
  }

  @Test
  void requirement14_theInstallationsTokenIsFetchedOnceAndNotPaidByTheReader() throws Exception {
    issue("ghs_one");
    accept("ghs_one");
    ask();
    ask();
    assertThat(issued()).isEqualTo(1);
    assertThat(spent.sum()).isEqualTo(2);
    LoggedRequest request = github.server.findAll(postRequestedFor(urlEqualTo(TOKENS))).get(0);
    long now = github.time.now().getEpochSecond();
    assertThat(claims(request))
        .isEqualTo("{\"iat\":%d,\"exp\":%d,\"iss\":\"Iv23li\"}".formatted(now - 60, now + 540));
    assertThat(github.client).hasToString("GitHub[" + github.url() + ", a GitHub App]");
  }

  @Test
  void requirement14_itIsRenewedFiveMinutesBeforeItExpires() throws Exception {
    issue("ghs_one");
    accept("ghs_one");
    ask();
    issue("ghs_two");
    accept("ghs_two");
    github.time.advance(Duration.ofMinutes(55).minusMillis(1));
    ask();
    assertThat(issued()).isEqualTo(1);
    github.time.advance(Duration.ofMillis(1));
    ask();
    assertThat(issued()).isEqualTo(2);
  }

  @Test
  void whileATokenHoldsAFailedRenewalIsNoFailure() throws Exception {
    issue("ghs_one");
    accept("ghs_one");
    ask();
    github.server.stubFor(post(urlEqualTo(TOKENS)).willReturn(aResponse().withStatus(502)));
    github.time.advance(Duration.ofMinutes(56));
    ask();
    ask();
    assertThat(issued()).as("tried again after half a minute").isEqualTo(2);
    github.time.advance(Duration.ofMinutes(4));
    assertThat(catchThrowable(this::ask)).isInstanceOf(TransientFailureException.class);
  }

  @Test
  void requirement14_aTokenThatIsRefusedIsReplacedOnceAndTheRequestRepeatedOnce() throws Exception {
    issue("ghs_one");
    accept("ghs_one");
    ask();
    github.server.stubFor(get(urlEqualTo(THING)).willReturn(status(401, "Bad credentials")));
    accept("ghs_two");
    issue("ghs_two");
    ask();
    assertThat(issued()).isEqualTo(2);
    github.server.stubFor(get(urlEqualTo(THING)).willReturn(status(401, "Bad credentials")));
    int before = github.requests(THING);
    assertThatThrownBy(this::ask)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("401");
    assertThat(github.requests(THING)).isEqualTo(before + 2);
    assertThat(issued()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 421, 423, 425, 503})
  void aStatusThatPassesIsNoRefusalOfTheApp(int status) {
    github.server.stubFor(post(urlEqualTo(TOKENS)).willReturn(status(status, "Later")));
    assertThat(catchThrowable(this::ask)).isInstanceOf(TransientFailureException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | A JSON web token could not be decoded | BAD_CREDENTIALS | GITHUB_APP_PRIVATE_KEY",
        "403 | This installation has been suspended  | FORBIDDEN       | suspended",
        "404 | Not Found                             | BAD_CREDENTIALS | GITHUB_APP_INSTALLATION_ID",
        "422 | Unprocessable                         | BAD_CREDENTIALS | its settings on GitHub"
      })
  void aRefusalOfTheAppIsPermanentAndSaysWhatToDo(
      int status, String message, Reason reason, String advice) {
    github.server.stubFor(
        post(urlEqualTo(TOKENS))
            .willReturn(status(status, message).withHeader("X-GitHub-Request-Id", "AB12:34")));
    Throwable failure = catchThrowable(this::ask);
    assertThat(failure)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(advice)
        .hasMessageContaining("Stored items stay")
        .hasMessageContaining("(request AB12:34)");
    assertThat(((PermanentFailureException) failure).reason()).isEqualTo(reason);
    assertThat(github.requests(THING)).isZero();
    assertThat(spent.sum()).isZero();
  }

  @Test
  void aLimitOnTheAppItselfIsWaitedForAndAsksNothingMeanwhile() {
    github.server.stubFor(
        post(urlEqualTo(TOKENS)).willReturn(status(429, "").withHeader("Retry-After", "33")));
    for (int i = 0; i < 2; i++) {
      RateLimitedException limit = (RateLimitedException) catchThrowable(this::ask);
      assertThat(limit.until()).isEqualTo(github.time.now().plusSeconds(33));
    }
    assertThat(issued()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "{\"token\":\"\"}", "[", "<html>"})
  void anAnswerWithoutATokenIsTransient(String body) {
    github.server.stubFor(
        post(urlEqualTo(TOKENS)).willReturn(aResponse().withStatus(201).withBody(body)));
    assertThat(catchThrowable(this::ask)).isInstanceOf(TransientFailureException.class);
  }

  @Test
  void whenTheClocksDifferTheTokenIsSignedOnceMoreForGitHubsTime() throws Exception {
    Instant existing = github.time.now().plus(Duration.ofHours(3));
    accept("ghs_one");
    github.server.stubFor(
        post(urlEqualTo(TOKENS))
            .inScenario("clock")
            .whenScenarioStateIs(STARTED)
            .willSetStateTo("known")
            .willReturn(
                status(401, "'Issued at' claim ('iat') must be an Integer")
                    .withHeader("Date", Stub.httpDate(existing))));
    github.server.stubFor(
        post(urlEqualTo(TOKENS))
            .inScenario("clock")
            .whenScenarioStateIs("known")
            .willReturn(
                token("ghs_one", Duration.ofHours(4)).withHeader("Date", Stub.httpDate(existing))));
    ask();
    List<LoggedRequest> requests = github.server.findAll(postRequestedFor(urlEqualTo(TOKENS)));
    assertThat(requests).hasSize(2);
    assertThat(requests)
        .anySatisfy(
            request ->
                assertThat(claims(request))
                    .contains("\"exp\":" + (existing.getEpochSecond() + 540)));
    github.time.advance(Duration.ofMinutes(54));
    ask();
    assertThat(issued()).as("the expiry is of GitHub's clock, too").isEqualTo(2);
  }

  @Test
  void requirement14_concurrentRequestsCauseOneRenewal() throws Exception {
    github.server.stubFor(
        post(urlEqualTo(TOKENS))
            .willReturn(token("ghs_one", Duration.ofHours(1)).withFixedDelay(200)));
    accept("ghs_one");
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        all.add(
            threads.submit(
                () -> {
                  ask();
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(issued()).isEqualTo(1);
    assertThat(github.requests(THING)).isEqualTo(8);
  }

  @Test
  void theOnlyInstallationIsFoundAndOneOfSeveralHasToBeNamed() throws Exception {
    String list = "/app/installations?per_page=100";
    try (Stub stub = new Stub(GitHub.builder().app(GitHubApp.of("7", Keys.pkcs8())))) {
      GitHubApi unnamed = stub.client.sharedResources().api();
      RequestBudget budget = new RequestBudget(0, spent);
      stub.answer(list, ok("[]"));
      assertThatThrownBy(() -> unnamed.get(THING, budget))
          .hasMessageContaining("installed nowhere");
      stub.answer(
          list,
          ok(
              "[{\"id\":42,\"account\":{\"login\":\"one\"}},{\"id\":43,\"account\":{\"login\":\"two\"}}]"));
      assertThatThrownBy(() -> unnamed.get(THING, budget))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("GITHUB_APP_INSTALLATION_ID")
          .hasMessageContaining("42 (one), 43 (two)");
      stub.answer(list, ok("[{\"id\":42,\"account\":{\"login\":\"one\"}}]"));
      stub.server.stubFor(
          post(urlEqualTo(TOKENS))
              .willReturn(aResponse().withStatus(201).withBody("{\"token\":\"ghs_x\"}")));
      stub.answer(THING, ok("{}"));
      unnamed.get(THING, budget);
      unnamed.get(THING, budget);
      assertThat(stub.requests(list)).isEqualTo(3);
    }
  }

  @Test
  void requirement14_whenTheAppIsRefusedATokenGoesOn() throws Exception {
    try (Stub both =
        new Stub(
            GitHub.builder().token(Stub.TOKEN).app(GitHubApp.of("7", KEY).withInstallation(42)))) {
      both.server.stubFor(post(urlEqualTo(TOKENS)).willReturn(status(404, "Not Found")));
      both.answer(THING, both.quota(ok("{}"), 100, Duration.ofHours(1)));
      GitHubApi pool = both.client.sharedResources().api();
      for (int i = 0; i < 3; i++) {
        pool.get(THING, new RequestBudget(0, spent));
      }
      assertThat(both.server.findAll(postRequestedFor(urlEqualTo(TOKENS)))).hasSize(1);
      assertThat(both.client.toString()).contains("a token and a GitHub App");
    }
    assertThat(log.times("the GitHub App is not used any more")).isEqualTo(1);
  }

  @Test
  void requirement39_everyRequestOfAnAppSaysWhoAsksAndForWhat() throws Exception {
    issue("ghs_one");
    github.server.stubFor(post(urlEqualTo("/graphql")).willReturn(ok("{\"data\":{}}")));
    accept("ghs_one");
    ask();
    api.query("{viewer}", Map.of(), new RequestBudget(0, spent));
    List<LoggedRequest> all = new ArrayList<>(github.server.findAll(postRequestedFor(anyUrl())));
    all.addAll(github.server.findAll(getRequestedFor(anyUrl())));
    assertThat(all)
        .hasSize(3)
        .allSatisfy(
            request -> {
              assertThat(request.getHeader("User-Agent")).matches("backfill/\\d+\\.\\d+.*");
              assertThat(request.getHeader("Accept")).isEqualTo("application/vnd.github+json");
              assertThat(request.getHeader("X-GitHub-Api-Version")).isEqualTo("2022-11-28");
              assertThat(request.getHeader("Authorization")).startsWith("Bearer ");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "two words", "\"", "7\n8"})
  void anIdThatIsNoneIsRefused(String id) {
    assertThatThrownBy(() -> GitHubApp.of(id, KEY))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("GITHUB_APP_ID");
  }

  @Test
  void anAppShowsItsIdAndNotItsKey() {
    GitHubApp app = GitHubApp.of(" Iv23li ", KEY);
    assertThat(app).hasToString("GitHubApp[Iv23li]");
    assertThat(app.withInstallation(42)).hasToString("GitHubApp[Iv23li, installation 42]");
    assertThatThrownBy(() -> app.withInstallation(0))
        .isInstanceOf(InvalidConfigurationException.class);
  }
}
