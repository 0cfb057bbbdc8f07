package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.stubbing.Scenario.STARTED;
import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.reviews;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetailsTest {

  private static final String UPDATED = "2020-01-02T03:04:05Z";

  private final Stub github = new Stub();

  @AfterEach
  void close() {
    github.close();
  }

  private void pullRequests(int count) {
    github.page(1, 1, 1, count);
    for (int number = 1; number <= count; number++) {
      github.details(number);
    }
  }

  private static String reviewsUrl(int number) {
    return detailsUrl(number) + "/reviews?per_page=100";
  }

  private static String detailsUrl(int number) {
    return "/repos/o/r/pulls/" + number;
  }

  @Test
  void detailsAreBroughtInOrderAndPaidFor() throws Exception {
    pullRequests(30);
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = pull.next(30, 0);
      assertThat(numbers(chunk)).isEqualTo(range(1, 30));
      assertThat(chunk.items().get(0).details())
          .isEqualTo(new PullRequest.Details(1, 2, 3, 4, 5, 6, null));
      assertThat(chunk.items().get(0).reviews()).isNull();
      assertThat(chunk.quotaSpent()).isEqualTo(32);
    }
  }

  @Test
  void detailsAreFetchedForTheChunkAloneNotForThePage() throws Exception {
    pullRequests(30);
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThat(pull.next(10, 0).quotaSpent()).isEqualTo(12);
      assertThat(pull.next(10, 0).quotaSpent()).isEqualTo(10);
    }
    assertThat(github.requests()).isEqualTo(22);
  }

  @Test
  void aPullRequestWith250ReviewsArrivesWhole() throws Exception {
    github.page(1, 1, 1, 1);
    String page2 = reviewsUrl(1) + "&page=2";
    String page3 = reviewsUrl(1) + "&page=3";
    github.answer(reviewsUrl(1), ok(reviews(1, 100)).withHeader("Link", next(page2)));
    github.answer(page2, ok(reviews(101, 200)).withHeader("Link", next(page3)));
    github.answer(page3, ok(reviews(201, 250)));
    try (Pull<PullRequest> pull = github.open(Cursor.START, REVIEWS)) {
      PullRequest item = pull.next(1, 0).items().get(0);
      assertThat(item.reviews()).extracting(Review::githubId).hasSize(250).contains(1L, 250L);
      assertThat(item.reviews()).allMatch(review -> review.pullRequestNumber() == 1);
      assertThat(item.reviews()).as("pending").allMatch(review -> review.submittedAt() == null);
      assertThat(item.details()).isNull();
    }
  }

  private String next(String url) {
    return "<" + github.url() + url + ">; rel=\"next\"";
  }

  @Test
  void theNewerOfTheTwoCopiesWins() throws Exception {
    pullRequests(2);
    github.answer(
        detailsUrl(1), ok(Stub.details(1, "2021-01-01T00:00:00Z").replace("\"t1\"", "\"new\"")));
    github.answer(
        detailsUrl(2), ok(Stub.details(2, "2019-01-01T00:00:00Z").replace("\"t2\"", "\"old\"")));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThat(pull.next(2, 0).items())
          .allSatisfy(item -> assertThat(item.details()).isNotNull())
          .extracting(item -> item.content().title())
          .containsExactly("new", "t2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void anItemThatIsGoneIsRejectedAndTheRestGoesOn(int status) throws Exception {
    pullRequests(3);
    github.answer(detailsUrl(2), status(status, "Not Found"));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = pull.next(3, 0);
      assertThat(numbers(chunk)).containsExactly(1, 3);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
      assertThat(chunk.rejected().get(0).error()).contains("" + status);
      assertThat(chunk.last()).isTrue();
    }
  }

  @Test
  void whenEveryItemIsGoneTheRepositoryIsLookedAt() throws Exception {
    github.page(1, 1, 1, 3);
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThatThrownBy(() -> pull.next(3, 0))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("/repositories/" + Stub.REPOSITORY_ID);
      String byId = "/repositories/" + Stub.REPOSITORY_ID;
      github.answer(byId, ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)));
      assertThat(pull.next(3, 0).rejected()).hasSize(3);
    }
  }

  @Test
  void aPassingFailureOfOneItemIsTriedAgainAtOnce() throws Exception {
    pullRequests(2);
    failTwice(detailsUrl(2));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = pull.next(2, 0);
      assertThat(numbers(chunk)).containsExactly(1, 2);
      assertThat(chunk.quotaSpent()).isEqualTo(2 + 1 + 3);
    }
    assertThat(github.time.sleeps()).isEmpty();
  }

  private void failTwice(String url) {
    String[] states = {STARTED, "once", "twice"};
    for (int i = 0; i < 2; i++) {
      github.server.stubFor(
          get(urlEqualTo(url))
              .inScenario(url)
              .whenScenarioStateIs(states[i])
              .willSetStateTo(states[i + 1])
              .willReturn(status(502, "Server Error")));
    }
    github.server.stubFor(
        get(urlEqualTo(url))
            .inScenario(url)
            .whenScenarioStateIs("twice")
            .willReturn(ok(Stub.details(2, UPDATED))));
  }

  @Test
  void anItemThatKeepsFailingWhileOthersSucceedIsRejected() throws Exception {
    pullRequests(4);
    github.answer(detailsUrl(2), status(502, "Server Error"));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = pull.next(4, 0);
      assertThat(numbers(chunk)).containsExactly(1, 3, 4);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
      assertThat(github.requests(detailsUrl(2))).isEqualTo(3);
    }
  }

  @Test
  void theVeryLastItemIsRejectedOnceAnotherOneIsSeenToWork() throws Exception {
    pullRequests(3);
    github.answer(detailsUrl(3), status(502, "Server Error"));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> first = pull.next(3, 0);
      assertThat(numbers(first)).as("nobody knows yet whose fault it is").containsExactly(1, 2);
      assertThat(first.last()).isFalse();
      Chunk<PullRequest> second = pull.next(3, 0);
      assertThat(second.rejected()).extracting(RejectedItem::key).containsExactly("3");
      assertThat(second.last()).isTrue();
    }
  }

  @Test
  void anOutageRejectsNothing() throws Exception {
    pullRequests(40);
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThat(pull.next(10, 0).items()).hasSize(10);
      github.server.stubFor(
          get(urlPathMatching("/repos/o/r/pulls/\\d+")).willReturn(status(503, "Unicorn")));
      int before = github.requests();
      assertThatThrownBy(() -> pull.next(30, 0)).isInstanceOf(TransientFailureException.class);
      assertThat(github.requests() - before).as("it gives up early").isLessThan(12);
      for (int number = 11; number <= 40; number++) {
        github.details(number);
      }
      Chunk<PullRequest> chunk = pull.next(30, 0);
      assertThat(numbers(chunk)).isEqualTo(range(11, 40));
      assertThat(chunk.rejected()).isEmpty();
    }
  }

  @Test
  void aChunkIsShorterWhenTheQuotaEndsMidwayAndNothingIsFetchedTwice() throws Exception {
    pullRequests(10);
    github.answer(
        detailsUrl(4), github.quota(ok(Stub.details(4, UPDATED)), 20, Duration.ofMinutes(5)));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThat(numbers(pull.next(10, 20))).isEqualTo(range(1, 4));
      assertThatThrownBy(() -> pull.next(10, 20)).isInstanceOf(RateLimitedException.class);
      github.time.advance(Duration.ofMinutes(6));
      assertThat(numbers(pull.next(10, 20))).isEqualTo(range(5, 10));
    }
    assertThat(github.requests()).isEqualTo(12);
  }

  @Test
  void detailsAreKeptWhenTheQuotaEndsBeforeTheReviews() throws Exception {
    pullRequests(1);
    github.answer(
        detailsUrl(1), github.quota(ok(Stub.details(1, UPDATED)), 0, Duration.ofMinutes(5)));
    github.answer(reviewsUrl(1), ok(reviews(1, 2)));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS, REVIEWS)) {
      assertThatThrownBy(() -> pull.next(1, 0)).isInstanceOf(RateLimitedException.class);
      assertThat(github.requests(reviewsUrl(1))).isZero();
      github.time.advance(Duration.ofMinutes(6));
      assertThat(pull.next(1, 0).items().get(0).reviews()).hasSize(2);
    }
    assertThat(github.requests(detailsUrl(1))).isEqualTo(1);
  }

  @Test
  void theReserveIsNeverCrossedByDetailsAtTheSameTime() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 100);
    try (SimulatedGitHub counting =
            SimulatedGitHub.builder()
                .repository(repository)
                .quota(90, Duration.ofHours(1))
                .latency(Duration.ofMillis(1), Duration.ofMillis(5))
                .start();
        GitHubClient client =
            GitHubClient.builder().apiUrl(counting.url()).detailConcurrency(16).build();
        Pull<PullRequest> pull =
            GitHubSources.pullRequests(client, Set.of(DETAILS)).open("sim/repo", Cursor.START)) {
      List<Integer> delivered = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int n = 0; n < 100; n++) {
                  delivered.addAll(numbers(pull.next(40, 50)));
                }
              })
          .isInstanceOf(RateLimitedException.class);
      assertThat(counting.requests()).as("of 90, with 50 in reserve").isEqualTo(40);
      // One that was refused holds back those behind it that were not.
      assertThat(delivered).hasSizeBetween(20, 38);
      assertThat(delivered)
          .isEqualTo(repository.numbers().limit(delivered.size()).boxed().toList());
    }
  }

  @Test
  void detailsOfAnotherPullRequestAreNotTakenForThisOnes() throws Exception {
    pullRequests(2);
    github.answer(detailsUrl(1), ok(Stub.details(7, UPDATED)));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = pull.next(2, 0);
      assertThat(chunk.rejected().get(0).error()).contains("another pull request");
      assertThat(chunk.rejected().get(0).payload()).contains("\"number\":7");
    }
  }

  @Test
  void aReviewThatCannotBeUnderstoodRejectsItsPullRequestAndIsShown() throws Exception {
    github.page(1, 1, 1, 1);
    github.answer(reviewsUrl(1), ok("[{\"id\":\"x\",\"state\":\"APPROVED\"}]"));
    try (Pull<PullRequest> pull = github.open(Cursor.START, REVIEWS)) {
      RejectedItem rejected = pull.next(1, 0).rejected().get(0);
      assertThat(rejected.key()).isEqualTo("1");
      assertThat(rejected.payload()).isEqualTo("{\"id\":\"x\",\"state\":\"APPROVED\"}");
    }
  }

  @Test
  void sixSecondaryLimitsInARowAreAFailureHereToo() {
    pullRequests(1);
    github.answer(detailsUrl(1), status(429, ""));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      for (int hit = 1; hit <= 5; hit++) {
        assertThatThrownBy(() -> pull.next(1, 0)).isInstanceOf(RateLimitedException.class);
        github.time.advance(Duration.ofMinutes(16));
      }
      assertThatThrownBy(() -> pull.next(1, 0))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("6 times in a row");
    }
    assertThat(github.requests(detailsUrl(1))).isEqualTo(6);
  }

  @Test
  void aBadTokenEndsTheJobAndRejectsNothing() {
    pullRequests(3);
    github.answer(detailsUrl(1), status(401, "Bad credentials"));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      assertThatThrownBy(() -> pull.next(3, 0))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("Bad credentials");
    }
  }

  @Test
  void anInterruptDuringDetailsLosesNothing() throws Exception {
    pullRequests(5);
    github.answer(detailsUrl(3), ok(Stub.details(3, UPDATED)).withFixedDelay(20_000));
    try (Pull<PullRequest> pull = github.open(Cursor.START, DETAILS)) {
      Thread caller = Thread.currentThread();
      Thread interrupter =
          new Thread(
              () -> {
                while (github.requests(detailsUrl(2)) == 0) {
                  Thread.onSpinWait();
                }
                caller.interrupt();
              });
      interrupter.start();
      assertThatThrownBy(() -> pull.next(5, 0)).isInstanceOf(InterruptedException.class);
      interrupter.join();
      github.details(3);
      assertThat(numbers(pull.next(5, 0))).isEqualTo(range(1, 5));
      assertThat(github.requests(detailsUrl(1))).isEqualTo(1);
    }
  }
}
