package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.pageUrl;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.throttle.LimitKind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LimitsTest {

  private final Stub github = new Stub();
  private final Instant start = github.time.now();

  @AfterEach
  void close() {
    github.close();
  }

  static Stream<Arguments> limits() {
    return Stream.of(
        row(
            "primary, 403",
            LimitKind.PRIMARY,
            901,
            github ->
                github.quota(status(403, "API rate limit exceeded"), 0, Duration.ofMinutes(15))),
        row(
            "primary, 429",
            LimitKind.PRIMARY,
            901,
            github -> github.quota(status(429, ""), 0, Duration.ofMinutes(15))),
        row(
            "secondary with Retry-After",
            LimitKind.SECONDARY,
            37,
            github ->
                github
                    .quota(
                        status(403, "You have exceeded a secondary rate limit"),
                        4000,
                        Duration.ofMinutes(15))
                    .withHeader("Retry-After", "37")),
        row(
            "secondary, 429",
            LimitKind.SECONDARY,
            37,
            github -> status(429, "").withHeader("Retry-After", "37")),
        row(
            "secondary without a time",
            LimitKind.SECONDARY,
            60,
            github ->
                github.quota(
                    status(403, "You have exceeded a secondary rate limit"),
                    4000,
                    Duration.ofMinutes(15))),
        row(
            "429 and nothing else",
            LimitKind.SECONDARY,
            60,
            github -> aResponse().withStatus(429)));
  }

  private static Arguments row(
      String name, LimitKind kind, long seconds, Function<Stub, ResponseDefinitionBuilder> answer) {
    return Arguments.of(name, kind, seconds, answer);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limits")
  void aLimitIsToldWithItsTimeAndNothingLeavesBefore(
      String name, LimitKind kind, long seconds, Function<Stub, ResponseDefinitionBuilder> answer)
      throws Exception {
    github.answer(LIST, answer.apply(github));
    try (SourceSession<PullRequest> session = github.open(Cursor.START);
        SourceSession<PullRequest> other = github.open(Cursor.START)) {
      RateLimitedException limit = limited(session);
      assertThat(limit.isPrimary()).isEqualTo(kind == LimitKind.PRIMARY);
      assertThat(limit.isSecondary()).isEqualTo(kind == LimitKind.SECONDARY);
      // Waits of our own are spread by a tenth.
      assertThat(Duration.between(start, limit.until()).toSeconds())
          .isBetween(seconds, seconds + 6);
      assertThat(limit).hasMessageContaining("Stored items stay");

      github.page(1, 1, 1, 3);
      int before = github.requests();
      github.time.advance(Duration.between(start, limit.until()).minusMillis(1));
      assertThat(limited(session).isPrimary()).isEqualTo(kind == LimitKind.PRIMARY);
      assertThat(limited(other).until()).isEqualTo(limit.until());
      assertThat(github.requests()).isEqualTo(before);

      github.time.advance(Duration.ofMillis(1));
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(1, 3));
    }
  }

  @Test
  void aSecondaryLimitThatNeverEndsIsAWaitHoweverOften() throws Exception {
    github.answer("/repos/o/r", status(403, "You have exceeded a secondary rate limit"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      for (int hit = 1; hit <= 50; hit++) {
        RateLimitedException limit = limited(session);
        assertThat(limit).matches(RateLimitedException::isSecondary);
        Duration wait = Duration.between(github.time.now(), limit.until());
        assertThat(wait).isBetween(Duration.ofSeconds(60), Duration.ofMinutes(15));
        github.time.advance(wait);
      }
      github.repository("o/r", Stub.REPOSITORY_ID);
      github.page(1, 1, 1, 3);
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(1, 3));
    }
  }

  @Test
  void theQuotaIsWhatTheHeadersSayOnTheLocalClock() throws Exception {
    // GitHub's clock is an hour ahead.
    ResponseDefinitionBuilder answer =
        ok("[]")
            .withHeader("Date", Stub.httpDate(start.plusSeconds(3600)))
            .withHeader("X-RateLimit-Limit", "5000")
            .withHeader("X-RateLimit-Remaining", "4321")
            .withHeader("X-RateLimit-Reset", Long.toString(start.getEpochSecond() + 3600 + 60))
            .withHeader("X-RateLimit-Resource", "core");
    github.answer(LIST, answer);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.quota()).isNull();
      session.next(1, 0);
      assertThat(session.quota()).isEqualTo(new Quota("core", 5000, 4321, start.plusSeconds(61)));
    }
  }

  @Test
  void aServerWithoutLimitsIsNeverWaitedFor() throws Exception {
    github.answer(
        LIST,
        github.linked(
            ok("[" + Stub.pullRequest(1) + "]")
                .withHeader("X-RateLimit-Limit", "0")
                .withHeader("X-RateLimit-Remaining", "0")
                .withHeader("X-RateLimit-Reset", "0"),
            1,
            2));
    github.page(2, 2, 2, 2);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(10, 1000))).containsExactly(1, 2);
      assertThat(session.quota()).isNull();
    }
  }

  @Test
  void aChunkIsShorterWhenTheQuotaForTheNextPageIsMissing() throws Exception {
    String items = "[" + Stub.pullRequest(1) + "," + Stub.pullRequest(2) + "]";
    github.answer(LIST, github.quota(github.linked(ok(items), 1, 2), 51, Duration.ofMinutes(10)));
    github.answer(Stub.COUNT, Stub.uncounted(github.quota(ok("[{}]"), 50, Duration.ofMinutes(10))));
    github.page(2, 2, 3, 4);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(10, 50))).containsExactly(1, 2);
      RateLimitedException limit = limited(session, 50);
      assertThat(limit).matches(RateLimitedException::isReserve);
      assertThat(limit.until()).isEqualTo(start.plusSeconds(601));
      assertThat(github.requests(pageUrl(2))).isZero();
      github.time.advance(Duration.ofSeconds(601));
      assertThat(numbers(session.next(10, 50))).containsExactly(3, 4);
    }
  }

  @Test
  void theReserveIsKeptFromTheFirstRequestOn() {
    github.answer(
        "/repos/o/r",
        github.quota(
            ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)), 100, Duration.ofMinutes(10)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(limited(session, 100)).matches(RateLimitedException::isReserve);
      assertThat(github.requests()).isEqualTo(1);
    }
  }

  @Test
  void aPlainRefusalIsNoLimit() {
    github.answer(LIST, github.quota(status(403, "no"), 4000, Duration.ofMinutes(1)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(catchThrowable(() -> session.next(1, 0)))
          .isNotInstanceOf(RateLimitedException.class);
    }
  }

  @Test
  void requirement08_nobodySleeps() {
    github.answer(LIST, aResponse().withStatus(429));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      limited(session);
    }
    assertThat(github.time.sleeps()).isEqualTo(List.of());
  }

  private static RateLimitedException limited(SourceSession<PullRequest> session) {
    return limited(session, 0);
  }

  private static RateLimitedException limited(SourceSession<PullRequest> session, long reserve) {
    Throwable thrown = catchThrowable(() -> session.next(10, reserve));
    assertThat(thrown).isInstanceOf(RateLimitedException.class);
    return (RateLimitedException) thrown;
  }
}
