package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several tokens in one client. */
@Isolated("it listens to the log, which all share")
class TokenPoolTest {

  private static final String A = "ghp_tokenOfAnnWhichNobodyMaySee";
  private static final String B = "ghp_tokenOfBobWhichNobodyMaySee";
  private static final String C = "ghp_tokenOfCarWhichNobodyMaySee";
  private static final String THING = "/thing";

  private final Stub github = new Stub(GitHub.builder().tokens(List.of(A, B)));
  private final GitHubApi api = github.client.sharedResources().api();
  private final Instant start = github.time.now();
  private final LongAdder spent = new LongAdder();
  private final Logged log = new Logged();

  @AfterEach
  void close() {
    log.close();
    github.close();
    assertThat(log.text()).doesNotContain(A, B, C);
  }

  private void answer(String token, String url, ResponseDefinitionBuilder answer) {
    github.server.stubFor(
        get(urlEqualTo(url))
            .withHeader("Authorization", equalTo("Bearer " + token))
            .willReturn(answer));
  }

  private ResponseDefinitionBuilder remaining(int remaining, int minutes) {
    return github.quota(ok("{}"), remaining, Duration.ofMinutes(minutes));
  }

  /** Both tokens belong to different users; this much is left of each. */
  private void users(int remainingOfA, int remainingOfB) {
    answer(A, "/user", remaining(remainingOfA, 10).withBody("{\"id\":1,\"login\":\"ann\"}"));
    answer(B, "/user", remaining(remainingOfB, 40).withBody("{\"id\":2,\"login\":\"bob\"}"));
  }

  private int sent(String token, String url) {
    return github
        .server
        .findAll(
            getRequestedFor(urlEqualTo(url))
                .withHeader("Authorization", equalTo("Bearer " + token)))
        .size();
  }

  private void ask(long reserve) throws InterruptedException {
    api.get(THING, new RequestBudget(reserve, spent));
  }

  private Throwable failure(long reserve) {
    return catchThrowable(() -> ask(reserve));
  }

  @Test
  void requirement14_aRequestGoesOutWithTheTokenThatHasTheMostLeft() throws Exception {
    users(100, 3000);
    answer(A, THING, remaining(99, 10));
    answer(B, THING, remaining(50, 40));
    ask(0);
    assertThat(sent(B, THING)).isEqualTo(1);
    ask(0);
    assertThat(sent(A, THING)).as("B has less left now").isEqualTo(1);
    assertThat(spent.sum()).isEqualTo(2);
  }

  @Test
  void requirement14_theQuotaIsTheSumAndEndsWithTheFirstWindowThatWasUsed() throws Exception {
    users(100, 3000);
    answer(B, THING, remaining(2999, 40));
    ask(0);
    assertThat(api.quota(ApiResource.CORE))
        .isEqualTo(new Quota("core", 10_000, 3099, start.plusSeconds(601)));
    github.time.advance(Duration.ofMinutes(11));
    assertThat(api.quota(ApiResource.CORE))
        .as("the window of A is a new one")
        .isEqualTo(new Quota("core", 10_000, 7999, start.plusSeconds(2401)));
    assertThat(api.quota(ApiResource.GRAPHQL)).isNull();
  }

  @Test
  void requirement12_theReserveIsKeptOfTheSum() throws Exception {
    users(100, 200);
    answer(B, THING, remaining(199, 40));
    assertThat(api.isOpen(ApiResource.CORE, new Reserve(300, 0))).as("nobody knows yet").isTrue();
    ask(299);
    assertThat(api.isOpen(ApiResource.CORE, new Reserve(298, 0))).isTrue();
    assertThat(api.isOpen(ApiResource.CORE, new Reserve(299, 0))).isFalse();
    RateLimitedException limit = (RateLimitedException) failure(299);
    assertThat(limit).matches(RateLimitedException::isReserve);
    assertThat(limit.until()).isEqualTo(start.plusSeconds(601));
    assertThat(sent(A, THING) + sent(B, THING)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void requirement10_aLimitClosesItsTokenAloneAndTheRequestGoesOutWithAnother(boolean primary)
      throws Exception {
    users(3000, 100);
    answer(
        A,
        THING,
        primary
            ? github.quota(status(403, "API rate limit exceeded"), 0, Duration.ofMinutes(10))
            : status(403, "secondary rate limit").withHeader("Retry-After", "90"));
    answer(B, THING, remaining(90, 40));
    ask(0);
    ask(0);
    assertThat(sent(A, THING)).isEqualTo(1);
    assertThat(sent(B, THING)).isEqualTo(2);
    assertThat(spent.sum()).isEqualTo(3);
  }

  @Test
  void requirement14_whenAllAreLimitedTheEarliestTimeIsTold() {
    users(3000, 100);
    answer(A, THING, github.quota(status(403, ""), 0, Duration.ofMinutes(50)));
    answer(B, THING, status(429, "").withHeader("Retry-After", "77"));
    for (int i = 0; i < 2; i++) {
      RateLimitedException limit = (RateLimitedException) failure(0);
      assertThat(limit.until()).isEqualTo(start.plusSeconds(77));
      assertThat(limit).matches(RateLimitedException::isSecondary);
    }
    assertThat(sent(A, THING)).isEqualTo(1);
    assertThat(sent(B, THING)).isEqualTo(1);
    assertThat(api.isOpen(ApiResource.CORE, Reserve.NONE)).isFalse();
  }

  @Test
  void requirement14_aDeadTokenIsQuarantinedAloneAndNamedOnceByItsPlace() throws Exception {
    users(3000, 100);
    answer(A, THING, status(401, "Bad credentials"));
    answer(B, THING, remaining(90, 40));
    ask(0);
    ask(0);
    assertThat(sent(A, THING)).isEqualTo(1);
    assertThat(sent(B, THING)).isEqualTo(2);
    assertThat(log.times("token 1 is not used any more")).isEqualTo(1);
    assertThat(api.quota(ApiResource.CORE)).extracting(Quota::limit).isEqualTo(5000L);
  }

  @Test
  void requirement14_aRefusedTokenIsTriedAgainAfterAnHour() throws Exception {
    users(3000, 100);
    answer(A, THING, status(401, "Bad credentials"));
    answer(B, THING, remaining(90, 120));
    ask(0);
    github.time.advance(Duration.ofMinutes(59));
    ask(0);
    assertThat(sent(A, THING)).isEqualTo(1);

    github.time.advance(Duration.ofMinutes(2));
    answer(A, THING, remaining(2999, 60));
    ask(0);
    ask(0);
    assertThat(sent(A, THING)).as("it has more left").isEqualTo(3);
    assertThat(log.times("token 1 is not used any more")).isEqualTo(1);
  }

  @Test
  void requirement14_a401WithoutThatTextIsTriedAgainOnceWithTheSameToken() throws Exception {
    users(3000, 100);
    answer(A, THING, status(401, "Requires authentication"));
    answer(B, THING, remaining(90, 40));
    ask(0);
    assertThat(sent(A, THING)).isEqualTo(2);
    assertThat(sent(B, THING)).isEqualTo(1);
  }

  @Test
  void requirement14_whenEveryTokenIsDeadTheFailureIsPermanentAndALaterRunMayTry()
      throws Exception {
    users(3000, 100);
    answer(A, THING, status(401, "Bad credentials"));
    answer(B, THING, status(401, "Bad credentials"));
    PermanentFailureException failure = (PermanentFailureException) failure(0);
    assertThat(failure.reason()).isEqualTo(Reason.BAD_CREDENTIALS);
    assertThat(failure)
        .hasMessageContaining("None of the 2 credentials")
        .hasMessageContaining("GITHUB_TOKENS");
    answer(A, THING, remaining(90, 10));
    ask(0);
  }

  @Test
  void requirement14_tokensOfOneUserShareOneGateAndOneWarningSaysSo() throws Exception {
    try (Stub three = new Stub(GitHub.builder().token(A).tokens(List.of(B, C, A)))) {
      for (String token : List.of(A, C)) {
        three.server.stubFor(
            get(urlEqualTo("/user"))
                .withHeader("Authorization", equalTo("Bearer " + token))
                .willReturn(
                    three.quota(
                        ok("{\"id\":583231,\"login\":\"octocat\"}"), 4000, Duration.ofMinutes(5))));
      }
      three.server.stubFor(
          get(urlEqualTo("/user"))
              .withHeader("Authorization", equalTo("Bearer " + B))
              .willReturn(
                  three.quota(
                      status(403, "Resource not accessible by integration"),
                      50,
                      Duration.ofMinutes(5))));
      three.answer(THING, status(429, "").withHeader("Retry-After", "60"));
      GitHubApi shared = three.client.sharedResources().api();
      RequestBudget budget = new RequestBudget(0, new LongAdder());
      assertThat(catchThrowable(() -> shared.get(THING, budget)))
          .isInstanceOf(RateLimitedException.class);
      assertThat(shared.quota(ApiResource.CORE)).extracting(Quota::limit).isEqualTo(10_000L);
      assertThat(three.requests(THING)).as("octocat once, the other once").isEqualTo(2);
      assertThat(catchThrowable(() -> shared.get(THING, budget)))
          .isInstanceOf(RateLimitedException.class);
      assertThat(three.requests("/user")).as("asked once").isEqualTo(3);
    }
    assertThat(log.times("Tokens 1 and 3 belong to the same user octocat: they share one quota"))
        .isEqualTo(1);
  }

  @Test
  void aTokenWhoseUserCannotBeFoundOutIsUsedAllTheSame() throws Exception {
    answer(A, "/user", aResponse().withStatus(502));
    answer(B, "/user", status(404, "Not Found"));
    github.answer(THING, ok("{}"));
    ask(0);
    ask(0);
    assertThat(sent(A, THING)).as("equals share the work").isEqualTo(1);
    assertThat(sent(B, THING)).isEqualTo(1);
    assertThat(sent(A, "/user")).isEqualTo(2);
    assertThat(log.text()).contains("The owner of token 1 cannot be found");
  }

  @Test
  void aTokenThatIsLimitedWhenItsUserIsAskedForIsAskedAboutLater() throws Exception {
    users(3000, 100);
    answer(A, "/user", status(429, "").withHeader("Retry-After", "30"));
    answer(B, THING, remaining(90, 40));
    ask(0);
    ask(0);
    assertThat(sent(A, "/user")).isEqualTo(1);
    github.time.advance(Duration.ofSeconds(31));
    users(3000, 100);
    answer(A, THING, remaining(2990, 10));
    ask(0);
    assertThat(sent(A, "/user")).isEqualTo(2);
    assertThat(sent(A, THING)).isEqualTo(1);
  }

  @Test
  void oneTokenIsNotAskedWhoseItIs() throws Exception {
    try (Stub one = new Stub(GitHub.builder().tokens(List.of(A, " ", A)))) {
      one.answer(THING, ok("{}"));
      one.client.sharedResources().api().get(THING, new RequestBudget(0, spent));
      assertThat(one.requests()).isEqualTo(1);
    }
  }

  @Test
  void requirement13_withoutAnyHeadersSeveralTokensKnowNoLimit() throws Exception {
    answer(A, "/user", ok("{\"id\":1,\"login\":\"ann\"}"));
    answer(B, "/user", ok("{\"id\":2,\"login\":\"bob\"}"));
    github.answer(THING, ok("{}"));
    for (int i = 0; i < 4; i++) {
      ask(1_000_000);
    }
    assertThat(api.quota(ApiResource.CORE)).isNull();
    assertThat(sent(A, THING)).isEqualTo(2);
  }

  @Test
  void requirement11_aLimitOfEveryTokenIsAWaitHoweverOften() {
    users(3000, 100);
    github.answer(THING, aResponse().withStatus(429));
    for (int i = 0; i < 20; i++) {
      assertThat(failure(0)).isInstanceOf(RateLimitedException.class);
      github.time.advance(Duration.ofMinutes(16));
    }
  }
}
