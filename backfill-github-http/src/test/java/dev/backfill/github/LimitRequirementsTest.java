package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.throttle.LimitKind;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each limit looks like on the wire, for REST and for GraphQL, and what comes of it. */
@Isolated("it listens to the log, which all share")
@Timeout(120)
class LimitRequirementsTest {

  private static final String THING = "/thing";

  private final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN));
  private final GitHubApi api = github.client.sharedResources().api();
  private final Instant start = github.time.now();
  private final Logged log = new Logged();

  @AfterEach
  void close() {
    log.close();
    github.close();
  }

  private Throwable ask(ApiResource resource) {
    RequestBudget budget = new RequestBudget(0, new LongAdder());
    return catchThrowable(
        () -> {
          if (resource == ApiResource.CORE) {
            api.get(THING, budget);
          } else {
            api.query("{viewer}", Map.of(), budget);
          }
        });
  }

  private void answer(ResponseDefinitionBuilder answer) {
    github.server.stubFor(any(anyUrl()).willReturn(answer));
  }

  private int requests() {
    return github.server.findAll(anyRequestedFor(anyUrl())).size();
  }

  /** GitHub's clock is ten minutes ahead; times are from now on it, such as +900. */
  private ResponseDefinitionBuilder answer(int status, String body, String headers) {
    Instant existing = start.plusSeconds(600);
    ResponseDefinitionBuilder answer =
        aResponse().withStatus(status).withBody(body).withHeader("Date", Stub.httpDate(existing));
    for (String header : headers == null ? new String[0] : headers.split(" ")) {
      String value = header.substring(header.indexOf('=') + 1);
      switch (header.substring(0, header.indexOf('='))) {
        case "left" ->
            answer
                .withHeader("X-RateLimit-Limit", "5000")
                .withHeader("X-RateLimit-Remaining", value);
        case "reset" ->
            answer.withHeader(
                "X-RateLimit-Reset",
                Long.toString(existing.getEpochSecond() + Long.parseLong(value)));
        case "of" -> answer.withHeader("X-RateLimit-Resource", value);
        case "retry" -> answer.withHeader("Retry-After", value);
        case "date" ->
            answer.withHeader(
                "Retry-After", Stub.httpDate(existing.plusSeconds(Long.parseLong(value))));
        default -> throw new IllegalArgumentException(header);
      }
    }
    return answer;
  }

  @ParameterizedTest(name = "{0} {1} {3}: {4} for {5} s")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "CORE    | 403 | API rate limit exceeded for user | left=0 reset=+900 of=core           | PRIMARY   | 901",
        "CORE    | 429 | -                                | left=0 reset=+900 of=core           | PRIMARY   | 901",
        "CORE    | 403 | a secondary rate limit           | retry=37                            | SECONDARY | 37",
        "CORE    | 429 | a secondary rate limit           | date=37                             | SECONDARY | 38",
        "CORE    | 403 | a secondary rate limit           | left=4000 reset=+900 of=core        | SECONDARY | 60",
        "CORE    | 429 | -                                | -                                   | SECONDARY | 60",
        "CORE    | 403 | a secondary rate limit           | left=0 reset=+900 of=search         | SECONDARY | 60",
        "GRAPHQL | 200 | RATE_LIMITED                     | left=0 reset=+900 of=graphql        | PRIMARY   | 901",
        "GRAPHQL | 200 | RATE_LIMIT                       | left=0 reset=+900 of=graphql        | PRIMARY   | 901",
        "GRAPHQL | 200 | RATE_LIMITED                     | -                                   | SECONDARY | 60",
        "GRAPHQL | 200 | RATE_LIMIT                       | left=10 reset=+900 retry=37         | SECONDARY | 37",
        "GRAPHQL | 200 | RATE_LIMITED                     | left=0 reset=+900 of=core           | SECONDARY | 60",
        "GRAPHQL | 200 | a secondary rate limit           | retry=37                            | SECONDARY | 37",
        "GRAPHQL | 200 | a secondary rate limit           | -                                   | SECONDARY | 60",
        "GRAPHQL | 403 | a secondary rate limit           | retry=37                            | SECONDARY | 37",
        "GRAPHQL | 403 | a secondary rate limit           | left=10 reset=+900                  | SECONDARY | 60",
        "GRAPHQL | 403 | API rate limit exceeded          | left=0 reset=+900                   | PRIMARY   | 901",
        "GRAPHQL | 429 | -                                | -                                   | SECONDARY | 60",
        "CORE    | 503 | -                                | retry=37                            | SECONDARY | 37",
        "CORE    | 502 | -                                | date=37                             | SECONDARY | 38",
        "CORE    | 500 | -                                | retry=99999999999                   | SECONDARY | 86400",
        "GRAPHQL | 503 | -                                | retry=37                            | SECONDARY | 37",
        "GRAPHQL | 502 | -                                | date=37                             | SECONDARY | 38",
        "GRAPHQL | 200 | Something went wrong             | retry=37                            | SECONDARY | 37",
        "GRAPHQL | 200 | was submitted too quickly        | -                                   | SECONDARY | 60",
        "GRAPHQL | 200 | an abuse detection mechanism     | -                                   | SECONDARY | 60",
        "GRAPHQL | 200 | API rate limit already exceeded  | -                                   | SECONDARY | 60",
      })
  void requirement09_everyLimitIsToldAsWhatItIsAndNothingLeavesBefore(
      ApiResource resource,
      int status,
      String stated,
      String headers,
      LimitKind kind,
      long seconds) {
    String text = stated == null ? "" : stated;
    String error =
        text.startsWith("RATE_")
            ? "\"type\":\"" + text + "\",\"message\":\"m\""
            : "\"message\":\"" + text + "\"";
    String body = status == 200 ? "{\"errors\":[{" + error + "}]}" : "{" + error + "}";
    answer(answer(status, body, headers).withHeader("X-GitHub-Request-Id", "AB12:34"));

    Throwable failure = ask(resource);
    assertThat(failure)
        .isInstanceOf(RateLimitedException.class)
        .hasMessageContaining("(request AB12:34)");
    RateLimitedException limit = (RateLimitedException) failure;
    assertThat(limit.isPrimary()).isEqualTo(kind == LimitKind.PRIMARY);
    assertThat(limit.isSecondary()).isEqualTo(kind == LimitKind.SECONDARY);
    // Waits of our own are spread by a tenth.
    assertThat(Duration.between(start, limit.until()).toSeconds()).isBetween(seconds, seconds + 6);
    github.time.advance(Duration.between(start, limit.until()).minusMillis(1));
    assertThat(ask(resource)).isInstanceOf(RateLimitedException.class);
    assertThat(requests()).isEqualTo(1);
    assertThat(
            api.isOpen(
                resource == ApiResource.CORE ? ApiResource.GRAPHQL : ApiResource.CORE,
                Reserve.NONE))
        .as("the other resource")
        .isTrue();
    github.time.advance(Duration.ofMillis(1));
    answer(ok("{\"data\":{}}"));
    assertThat(ask(resource)).isNull();
  }

  @ParameterizedTest
  @CsvSource({"CORE", "GRAPHQL"})
  void requirement09_aPlain403IsPermanent(ApiResource resource) {
    answer(
        answer(
                403,
                "{\"message\":\"Resource not accessible by integration\"}",
                "left=10 reset=+900")
            .withHeader("X-GitHub-Request-Id", "AB12:34"));
    assertThat(ask(resource))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("(request AB12:34)");
  }

  @ParameterizedTest
  @CsvSource({"CORE", "GRAPHQL"})
  void requirement11_aSecondaryLimitClimbsTheLadderAndNeverWaitsForThePrimaryReset(
      ApiResource resource) {
    answer(answer(403, "{\"message\":\"a secondary rate limit\"}", "left=9 reset=+3000"));
    List<Long> waits = new ArrayList<>();
    for (int hit = 1; hit <= 5; hit++) {
      RateLimitedException limit = (RateLimitedException) ask(resource);
      Duration wait = Duration.between(github.time.now(), limit.until());
      waits.add(wait.toMinutes());
      github.time.advance(wait);
    }
    assertThat(waits).containsExactly(1L, 2L, 4L, 8L, 15L);
    assertThat(ask(resource)).isInstanceOf(RateLimitedException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6})
  void requirement10_ofEightThreadsNoneAsksAfterTheLimitWasTold(int atOnce) throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("o/r", 1);
    try (SimulatedGitHub simulated =
            SimulatedGitHub.builder().repository(repository).timeSource(github.time).start();
        GitHub client =
            GitHub.builder()
                .apiUrl(simulated.url())
                .token(Stub.TOKEN)
                .timeSource(github.time)
                .maxConcurrency(atOnce)
                .build()) {
      simulated.limitNext(Duration.ofSeconds(37));
      assertThat(answers(client, 8)).isZero();
      // With one at a time exactly one meets the limit; of more, those that had left with it.
      assertThat(simulated.limited()).isBetween(1L, (long) atOnce);
      assertThat(simulated.requests()).isEqualTo(simulated.limited());
      long violations = simulated.violations();
      assertThat(violations).isLessThan(atOnce);
      github.time.advance(Duration.ofSeconds(37));
      assertThat(answers(client, 8)).isEqualTo(8 * 20);
      assertThat(simulated.violations()).isEqualTo(violations);
    }
  }

  /** How many of the requests of so many threads were answered; the others were held back. */
  private static int answers(GitHub client, int count) throws Exception {
    GitHubApi api = client.sharedResources().api();
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      CountDownLatch begin = new CountDownLatch(1);
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        all.add(
            threads.submit(
                () -> {
                  begin.await();
                  int answered = 0;
                  for (int n = 0; n < 20; n++) {
                    try {
                      api.get("/repos/o/r", new RequestBudget(0, new LongAdder()));
                      answered++;
                    } catch (RateLimitedException e) {
                      // Held back, as it must be.
                    }
                  }
                  return answered;
                }));
      }
      begin.countDown();
      int answered = 0;
      for (Future<Integer> each : all) {
        answered += each.get();
      }
      return answered;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void requirement13_eachResourceLearnsItsOwnQuotaAlone() {
    answer(answer(200, "{\"data\":{}}", "left=7 reset=+900 of=graphql"));
    assertThat(ask(ApiResource.GRAPHQL)).isNull();
    assertThat(api.quota(ApiResource.GRAPHQL))
        .isEqualTo(new Quota("graphql", 5000, 7, start.plusSeconds(901)));
    assertThat(api.quota(ApiResource.CORE)).isNull();
    assertThat(ask(ApiResource.CORE)).isNull();
    assertThat(api.quota(ApiResource.CORE)).as("that was about queries").isNull();
    answer(answer(200, "{\"data\":{}}", "left=0 reset=+900 of=search"));
    assertThat(ask(ApiResource.CORE)).isNull();
    assertThat(api.isOpen(ApiResource.CORE, Reserve.NONE)).isTrue();
    assertThat(api.isOpen(ApiResource.GRAPHQL, new Reserve(7, 0))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-", "0 of 0", "no reset"})
  void requirement13_aServerWithoutLimitsIsNeverWaitedFor(String headers) {
    ResponseDefinitionBuilder answer = ok("{\"data\":{\"rateLimit\":null}}");
    if (headers.equals("0 of 0")) {
      answer
          .withHeader("X-RateLimit-Limit", "0")
          .withHeader("X-RateLimit-Remaining", "0")
          .withHeader("X-RateLimit-Reset", "0");
    } else if (headers.equals("no reset")) {
      answer.withHeader("X-RateLimit-Limit", "60").withHeader("X-RateLimit-Remaining", "0");
    }
    answer(answer);
    github.answer("/rate_limit", status(404, "Rate limiting is not enabled."));
    for (ApiResource resource : ApiResource.values()) {
      for (int i = 0; i < 3; i++) {
        assertThat(ask(resource)).isNull();
      }
      assertThat(api.quota(resource)).isNull();
      assertThat(api.isOpen(resource, new Reserve(1_000_000, 0))).isTrue();
    }
    assertThat(github.requests("/rate_limit")).as("the headers say it").isZero();
  }

  @Test
  void requirement32_noMoreRequestsAreUnderWayThanAllowedAndQueriesGoOneByOne() throws Exception {
    try (Stub slow = new Stub(GitHub.builder().maxConcurrency(3))) {
      slow.server.stubFor(any(anyUrl()).willReturn(ok("{\"data\":{}}").withFixedDelay(30)));
      GitHubApi other = slow.client.sharedResources().api();
      ExecutorService threads = Executors.newFixedThreadPool(12);
      try {
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          boolean query = i % 2 == 0;
          all.add(
              threads.submit(
                  () -> {
                    RequestBudget budget = new RequestBudget(0, new LongAdder());
                    return query
                        ? other.query("{viewer}", Map.of(), budget)
                        : other.get(THING, budget);
                  }));
        }
        for (Future<?> each : all) {
          each.get();
        }
      } finally {
        threads.shutdownNow();
      }
      assertThat(slow.server.findAll(anyRequestedFor(urlEqualTo("/graphql")))).hasSize(6);
      assertThat(maxAtOnce(slow, "/graphql")).isEqualTo(1);
      assertThat(maxAtOnce(slow, "")).isLessThanOrEqualTo(3);
    }
  }

  /** Requests that were worked on at one moment, by the server's own record. */
  private static int maxAtOnce(Stub stub, String url) {
    var events =
        stub.server.getAllServeEvents().stream()
            .filter(each -> each.getRequest().getUrl().startsWith(url))
            .toList();
    int most = 0;
    for (var one : events) {
      long at = one.getRequest().getLoggedDate().getTime();
      int count = 0;
      for (var each : events) {
        long begin = each.getRequest().getLoggedDate().getTime();
        count += begin <= at && at < begin + 25 ? 1 : 0;
      }
      most = Math.max(most, count);
    }
    return most;
  }

  @Test
  void requirement32_aWaitForATurnIsInterruptible() throws Exception {
    try (Stub slow = new Stub(GitHub.builder().maxConcurrency(1))) {
      slow.server.stubFor(any(anyUrl()).willReturn(ok("{}").withFixedDelay(20_000)));
      GitHubApi other = slow.client.sharedResources().api();
      LongAdder spent = new LongAdder();
      ExecutorService threads = Executors.newFixedThreadPool(1);
      try {
        threads.submit(() -> other.get(THING, new RequestBudget(0, spent)));
        while (spent.sum() == 0) {
          Thread.onSpinWait();
        }
        LongAdder unspent = new LongAdder();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiting =
            new Thread(
                () ->
                    thrown.set(
                        catchThrowable(() -> other.get(THING, new RequestBudget(0, unspent)))));
        waiting.start();
        while (waiting.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        waiting.interrupt();
        waiting.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(unspent.sum()).isZero();
      } finally {
        threads.shutdownNow();
      }
    }
  }

  @Test
  void requirement32_afterASecondaryLimitHalfAsManyGoAtOnceAndOneMoreEachMinute() {
    answer(status(429, "").withHeader("Retry-After", "30"));
    ask(ApiResource.CORE);
    assertThat(log.times("GitHub asks token 1 to slow down: 3 requests at once instead of 6"))
        .isEqualTo(1);
    github.time.advance(Duration.ofSeconds(30 + 60));
    ask(ApiResource.CORE);
    assertThat(log.text()).contains("2 requests at once instead of 4");
  }

  @Test
  void requirement32_thePointsOfAMinuteAreKept() {
    try (Stub limited = new Stub(GitHub.builder().pointsPerMinute(20, 3))) {
      limited.server.stubFor(any(anyUrl()).willReturn(ok("{\"data\":{}}")));
      GitHubApi other = limited.client.sharedResources().api();
      RequestBudget budget = new RequestBudget(0, new LongAdder());
      for (int i = 0; i < 20; i++) {
        assertThat(catchThrowable(() -> other.get(THING, budget))).isNull();
        limited.time.advance(Duration.ofSeconds(1));
      }
      RateLimitedException limit =
          (RateLimitedException) catchThrowable(() -> other.get(THING, budget));
      assertThat(limit).matches(RateLimitedException::isSecondary);
      assertThat(limit).hasMessageContaining("20 points");
      assertThat(Duration.between(limited.time.now(), limit.until()))
          .as("three fall out of the minute: one to go on with, and a tenth")
          .isEqualTo(Duration.ofSeconds(42));
      assertThat(other.isOpen(ApiResource.CORE, Reserve.NONE)).isFalse();
      assertThat(other.isOpen(ApiResource.GRAPHQL, Reserve.NONE)).isTrue();
      limited.time.advance(Duration.ofSeconds(42));
      assertThat(catchThrowable(() -> other.get(THING, budget))).isNull();
      assertThat(limited.time.sleeps()).isEqualTo(List.of());
      assertThat(budget.spent().sum()).isEqualTo(21);
    }
  }
}
