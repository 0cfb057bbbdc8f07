package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.anyRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.quota.SharedLimit;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.api.GitHubApi;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.RequestBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Several clients of one principal, as several processes are: told to wait is told to all. */
@Timeout(60)
class SharedLimitsTest {

  private static final String THING = "/thing";
  private static final String A = "ghp_theFirstTokenOfTheSharedLimitsTests";
  private static final String B = "ghp_theSecondTokenOfTheSharedLimitsTests";

  private final Stub github = new Stub();
  private final Rows rows = new Rows();
  private final Instant start = github.time.now();

  @AfterEach
  void close() {
    github.close();
  }

  /** A store that all clients of a test share, by the test's time. */
  private final class Rows implements SharedLimits {

    private record Row(Instant at, SharedLimit limit) {}

    private final Map<String, Map<String, Row>> rows = new ConcurrentHashMap<>();
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger recoveries = new AtomicInteger();
    private volatile Runnable trouble = () -> {};

    @Override
    public Map<String, Map<String, SharedLimit>> read(Set<String> principals) {
      reads.incrementAndGet();
      trouble.run();
      Map<String, Map<String, SharedLimit>> found = new HashMap<>();
      for (String principal : principals) {
        Map<String, SharedLimit> resources = new TreeMap<>();
        rows.getOrDefault(principal, Map.of())
            .forEach((resource, row) -> resources.put(resource, stored(row)));
        found.put(principal, resources);
      }
      return found;
    }

    private SharedLimit stored(Row row) {
      Duration age = Duration.between(row.at(), github.time.now());
      Duration remaining = row.limit().blocked().minus(age);
      return new SharedLimit(
          remaining.isNegative() ? Duration.ZERO : remaining,
          row.limit().reason(),
          row.limit().refusals(),
          row.limit().pointsPerMinute(),
          Duration.ZERO,
          age);
    }

    @Override
    public void limited(String principal, String resource, SharedLimit limit) {
      trouble.run();
      rows.computeIfAbsent(principal, key -> new ConcurrentHashMap<>())
          .put(resource, new Row(github.time.now(), limit));
    }

    @Override
    public void recovered(String principal, String resource) {
      trouble.run();
      recoveries.incrementAndGet();
    }
  }

  private GitHub.Builder builder() {
    return GitHub.builder().apiUrl(github.url()).timeSource(github.time).sharedLimits(rows);
  }

  private static Throwable ask(GitHub client, ApiResource resource) {
    GitHubApi api = client.sharedResources().api();
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
    github.server.stubFor(get(urlEqualTo(THING)).willReturn(answer));
    github.server.stubFor(post(urlEqualTo("/graphql")).willReturn(answer));
  }

  private int requests() {
    return github.server.findAll(anyRequestedFor(urlMatching("/thing|/graphql"))).size();
  }

  private void assertWaits(Throwable failure, Duration wait) {
    assertThat(failure).isInstanceOf(RateLimitedException.class);
    assertThat(((RateLimitedException) failure).until()).isEqualTo(start.plus(wait));
  }

  @ParameterizedTest
  @EnumSource(ApiResource.class)
  void whatOneProcessIsToldToWaitTheOtherWaitsToo(ApiResource resource) {
    try (GitHub one = builder().token(A).build();
        GitHub other = builder().token(A).build();
        GitHub anotherUser = builder().token(B).build()) {
      answer(status(403, "a secondary rate limit").withHeader("Retry-After", "120"));
      assertWaits(ask(one, resource), Duration.ofSeconds(120));
      assertWaits(ask(other, resource), Duration.ofSeconds(120));
      assertThat(requests()).as("the other one asks nothing").isEqualTo(1);

      answer(ok("{\"data\":{}}"));
      assertThat(ask(anotherUser, resource)).as("another principal").isNull();
      ApiResource free = resource == ApiResource.CORE ? ApiResource.GRAPHQL : ApiResource.CORE;
      assertThat(ask(other, free)).as("another resource").isNull();
      github.time.advance(Duration.ofSeconds(119));
      assertWaits(ask(other, resource), Duration.ofSeconds(120));
      github.time.advance(Duration.ofSeconds(1));
      assertThat(ask(other, resource)).isNull();
    }
  }

  @Test
  void aProcessThatIsAtWorkNoticesWithinASecond() {
    try (GitHub one = builder().token(A).build();
        GitHub other = builder().token(A).build()) {
      answer(ok("{\"data\":{}}"));
      assertThat(ask(other, ApiResource.CORE)).isNull();
      answer(status(503, "busy").withHeader("Retry-After", "120"));
      assertWaits(ask(one, ApiResource.CORE), Duration.ofSeconds(120));
      github.time.advance(Duration.ofSeconds(1));
      int before = requests();
      assertWaits(ask(other, ApiResource.CORE), Duration.ofSeconds(120));
      assertThat(requests()).isEqualTo(before);
    }
  }

  @Test
  void aSessionReadsBeforeItAsksAnything() {
    github.page(1, 1, 1, 3);
    try (GitHub one = builder().token(A).build();
        GitHub other = builder().token(A).build()) {
      assertThat(catchThrowable(() -> other.sharedResources().api().refreshLimits())).isNull();
      answer(status(429, "").withHeader("Retry-After", "120"));
      ask(one, ApiResource.CORE);
      int before = github.requests();
      try (SourceSession<PullRequest> session =
          other.pullRequests(Set.of(), GitHubTransport.REST).open("o/r", Cursor.START)) {
        assertWaits(catchThrowable(session::prepare), Duration.ofSeconds(120));
      }
      assertThat(github.requests()).isEqualTo(before);
    }
  }

  @Test
  void aProcessThatBeginsAnewWaitsLongerThanTheOneBefore() {
    answer(status(429, "").withHeader("Retry-After", "3"));
    for (int seconds : new int[] {3, 6, 12, 24}) {
      Instant now = github.time.now();
      try (GitHub next = builder().token(A).build()) {
        RateLimitedException limit = (RateLimitedException) ask(next, ApiResource.CORE);
        Duration wait = Duration.between(now, limit.until());
        assertThat(wait).isEqualTo(Duration.ofSeconds(seconds));
        github.time.advance(wait);
      }
    }
    answer(ok("{}"));
    try (GitHub next = builder().token(A).build()) {
      assertThat(ask(next, ApiResource.CORE)).isNull();
      awaitRecovery();
    }
  }

  private void awaitRecovery() {
    while (rows.recoveries.get() == 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void theTokensOfOneUserAreOnePrincipalInEveryProcess() {
    github.answer("/user", ok("{\"id\":7,\"login\":\"ann\"}"));
    try (GitHub one = builder().tokens(List.of(A, B)).build();
        GitHub onlyA = builder().token(A).build();
        GitHub onlyB = builder().token(B).build()) {
      answer(status(429, "").withHeader("Retry-After", "120"));
      assertWaits(ask(one, ApiResource.CORE), Duration.ofSeconds(120));
      int before = requests();
      assertWaits(ask(onlyA, ApiResource.CORE), Duration.ofSeconds(120));
      assertWaits(ask(onlyB, ApiResource.CORE), Duration.ofSeconds(120));
      assertThat(requests()).isEqualTo(before);
    }
  }

  @Test
  void anInstallationIsOnePrincipalWhetherItsNumberIsGivenOrFound() {
    String tokens = "/app/installations/42/access_tokens";
    github.server.stubFor(
        get(urlEqualTo("/app/installations?per_page=100"))
            .willReturn(ok("[{\"id\":42,\"account\":{\"login\":\"org\"}}]")));
    github.server.stubFor(
        post(urlEqualTo(tokens))
            .willReturn(
                status(201, "")
                    .withBody("{\"token\":\"ghs_one\",\"expires_at\":\"2026-01-01T01:00:00Z\"}")));
    GitHubApp app = GitHubApp.of("Iv23li", Keys.pkcs1());
    try (GitHub given = builder().app(app.withInstallation(42)).build();
        GitHub found = builder().app(app).build()) {
      answer(status(429, "").withHeader("Retry-After", "120"));
      assertWaits(ask(given, ApiResource.CORE), Duration.ofSeconds(120));
      assertWaits(ask(found, ApiResource.CORE), Duration.ofSeconds(120));
      assertThat(requests()).isEqualTo(1);
    }
  }

  @Test
  void aLimitOnTheAppItselfIsSharedToo() {
    String tokens = "/app/installations/42/access_tokens";
    github.server.stubFor(
        post(urlEqualTo(tokens)).willReturn(status(503, "busy").withHeader("Retry-After", "120")));
    GitHubApp app = GitHubApp.of("Iv23li", Keys.pkcs1()).withInstallation(42);
    try (GitHub one = builder().app(app).build();
        GitHub other = builder().app(app).build()) {
      assertWaits(ask(one, ApiResource.CORE), Duration.ofSeconds(120));
      assertWaits(ask(other, ApiResource.CORE), Duration.ofSeconds(120));
      github.server.verify(1, postRequestedFor(urlEqualTo(tokens)));
    }
  }

  @Test
  void whatOneProcessLearnsOfThePaceTheOtherKeeps() {
    try (GitHub one = builder().token(A).build();
        GitHub other = builder().token(A).build()) {
      answer(ok("{}"));
      for (int i = 0; i < 40; i++) {
        assertThat(ask(one, ApiResource.CORE)).isNull();
      }
      answer(status(429, "").withHeader("Retry-After", "3"));
      ask(one, ApiResource.CORE);
      github.time.advance(Duration.ofSeconds(3));
      answer(ok("{}"));
      int sent = 0;
      while (sent < 100 && ask(other, ApiResource.CORE) == null) {
        sent++;
      }
      assertThat(sent).as("three quarters of the 41 that were too many").isEqualTo(31);
    }
  }

  @Test
  void aStoreThatFailsFailsNoRequest() {
    rows.trouble =
        () -> {
          throw new IllegalStateException("no such table");
        };
    try (GitHub client = builder().token(A).build()) {
      answer(ok("{}"));
      for (int i = 0; i < 5; i++) {
        assertThat(ask(client, ApiResource.CORE)).isNull();
        github.time.advance(Duration.ofSeconds(2));
      }
      assertThat(rows.reads).as("left alone for a while").hasValue(1);
      github.time.advance(Duration.ofSeconds(30));
      rows.trouble = () -> {};
      assertThat(ask(client, ApiResource.CORE)).isNull();
      assertThat(rows.reads).hasValue(2);
      answer(status(429, "").withHeader("Retry-After", "120"));
      github.time.advance(Duration.ofSeconds(2));
      assertThat(ask(client, ApiResource.CORE)).isInstanceOf(RateLimitedException.class);
      assertThat(rows.rows).hasSize(1);
    }
  }

  @Test
  void aStoreThatDoesNotAnswerFailsNoRequest() {
    CountDownLatch end = new CountDownLatch(1);
    rows.trouble =
        () -> {
          try {
            end.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException("a call of the store was interrupted", e);
          }
        };
    try (GitHub client = builder().token(A).build()) {
      answer(ok("{}"));
      assertThat(ask(client, ApiResource.CORE)).isNull();
      assertThat(ask(client, ApiResource.CORE)).isNull();
    } finally {
      end.countDown();
    }
  }

  @Test
  void noTokenIsInWhatIsShared() {
    try (GitHub one = builder().token(A).build();
        GitHub anonymous = builder().build()) {
      answer(status(429, A).withHeader("Retry-After", "120"));
      ask(one, ApiResource.CORE);
      ask(anonymous, ApiResource.CORE);
    }
    assertThat(rows.rows).hasSize(1);
    assertThat(rows.rows.toString()).doesNotContain(A, "ghp_");
    assertThat(rows.rows.keySet()).allMatch(key -> key.matches("[0-9a-f]{32}"));
  }
}
