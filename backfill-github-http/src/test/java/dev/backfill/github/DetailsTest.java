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
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DetailsTest {

  private static final String UPDATED = "2020-01-02T03:04:05Z";

  private static final String REPOSITORY = "/repositories/" + Stub.REPOSITORY_ID;

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
    return Stub.byNumber("/pulls/" + number + "/reviews?per_page=100");
  }

  private static String detailsUrl(int number) {
    return "/repos/o/r/pulls/" + number;
  }

  @Test
  void detailsAreBroughtInOrderAndPaidFor() throws Exception {
    pullRequests(30);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = session.next(30, 0);
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
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(session.next(10, 0).quotaSpent()).isEqualTo(12);
      assertThat(session.next(10, 0).quotaSpent()).isEqualTo(10);
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
    try (SourceSession<PullRequest> session = github.open(Cursor.START, REVIEWS)) {
      PullRequest item = session.next(1, 0).items().get(0);
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
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(session.next(2, 0).items())
          .allSatisfy(item -> assertThat(item.details()).isNotNull())
          .extracting(item -> item.title())
          .containsExactly("new", "t2");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void anItemThatIsGoneIsRejectedAndTheRestGoesOn(int status) throws Exception {
    pullRequests(3);
    github.answer(detailsUrl(2), status(status, "Not Found"));
    github.answer(REPOSITORY, ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = session.next(3, 0);
      assertThat(numbers(chunk)).containsExactly(1, 3);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
      assertThat(chunk.rejected().get(0).error()).contains("" + status);
      assertThat(session.next(1, 0).last()).isTrue();
    }
    assertThat(github.requests(REPOSITORY)).as("is it still there?").isEqualTo(1);
  }

  @Test
  void aRepositoryThatVanishesDuringAChunkEndsTheJobAndRejectsNothing() throws Exception {
    github.page(1, 1, 1, 50);
    github.answer(REPOSITORY, status(404, "Not Found"));
    for (int number = 1; number <= 5; number++) {
      github.details(number);
    }
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> session.next(50, 0))
            .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
            .extracting(PermanentFailureException::reason)
            .isEqualTo(PermanentFailureException.Reason.NOT_FOUND);
      }
    }
    assertThat(github.requests(REPOSITORY)).as("once for each call").isEqualTo(2);
  }

  @Test
  void whileTheRepositoryCannotBeAskedForNoItemIsTakenForDeleted() throws Exception {
    pullRequests(3);
    github.answer(detailsUrl(2), status(404, "Not Found"));
    github.answer(REPOSITORY, status(502, "Server Error"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(numbers(session.next(3, 0))).containsExactly(1);
      assertThatThrownBy(() -> session.next(3, 0)).isInstanceOf(TransientFailureException.class);
      github.answer(REPOSITORY, ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)));
      Chunk<PullRequest> chunk = session.next(3, 0);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
      assertThat(numbers(chunk)).containsExactly(3);
    }
    assertThat(github.requests(detailsUrl(2))).isEqualTo(1);
  }

  @Test
  void whenEveryItemIsGoneTheRepositoryIsLookedAt() throws Exception {
    github.page(1, 1, 1, 3);
    github.answer(REPOSITORY, status(404, "Not Found"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThatThrownBy(() -> session.next(3, 0))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("/repositories/" + Stub.REPOSITORY_ID);
      String byId = "/repositories/" + Stub.REPOSITORY_ID;
      github.answer(byId, ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)));
      assertThat(session.next(3, 0).rejected()).hasSize(3);
    }
  }

  @Test
  void aPassingFailureOfOneItemIsTriedAgainAtOnce() throws Exception {
    pullRequests(2);
    failTwice(detailsUrl(2));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = session.next(2, 0);
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
  void anItemThatKeepsFailingAfterAPauseWhileOthersSucceedIsRejected() throws Exception {
    pullRequests(4);
    github.answer(detailsUrl(2), status(502, "Server Error"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(numbers(session.next(4, 0))).as("what is in front of it").containsExactly(1);
      assertThatThrownBy(() -> session.next(4, 0)).isInstanceOf(TransientFailureException.class);
      Chunk<PullRequest> chunk = session.next(4, 0);
      assertThat(numbers(chunk)).containsExactly(3, 4);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
      assertThat(session.next(1, 0).last()).isTrue();
    }
    assertThat(github.requests(detailsUrl(3))).as("what is there is kept").isEqualTo(1);
    assertThat(github.requests(detailsUrl(2))).as("three rounds and a last try").isEqualTo(10);
  }

  @Test
  void theVeryLastItemIsRejectedOnceAnotherOneIsSeenToWork() throws Exception {
    pullRequests(3);
    github.answer(detailsUrl(3), status(502, "Server Error"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> first = session.next(3, 0);
      assertThat(numbers(first)).as("nobody knows yet whose fault it is").containsExactly(1, 2);
      assertThat(first.last()).isFalse();
      assertThatThrownBy(() -> session.next(3, 0)).isInstanceOf(TransientFailureException.class);
      Chunk<PullRequest> second = session.next(3, 0);
      assertThat(second.rejected()).extracting(RejectedItem::key).containsExactly("3");
      assertThat(session.next(1, 0).last()).isTrue();
    }
  }

  @Test
  void aBlipThatEveryWorkerMeetsRejectsNothing() throws Exception {
    try (Stub four = new Stub(GitHub.builder().detailConcurrency(4))) {
      four.page(1, 1, 1, 20);
      for (int number = 1; number <= 20; number++) {
        four.details(number);
      }
      for (int number = 1; number <= 4; number++) {
        failFirst(four, number, 3);
      }
      try (SourceSession<PullRequest> session = four.open(Cursor.START, DETAILS)) {
        assertThatThrownBy(() -> session.next(20, 0)).isInstanceOf(TransientFailureException.class);
        Chunk<PullRequest> chunk = session.next(20, 0);
        assertThat(numbers(chunk)).isEqualTo(range(1, 20));
        assertThat(chunk.rejected()).isEmpty();
      }
      assertThat(four.requests(detailsUrl(20))).isEqualTo(1);
    }
  }

  @Test
  void anOutageThatEndsWithinALaterRoundRejectsNothing() throws Exception {
    pullRequests(3);
    failFirst(github, 2, 6);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(numbers(session.next(1, 0))).containsExactly(1);
      assertThatThrownBy(() -> session.next(1, 0)).isInstanceOf(TransientFailureException.class);
      // Three more failures, and then the item that is known to work is asked for and answers.
      Chunk<PullRequest> chunk = session.next(1, 0);
      assertThat(numbers(chunk)).containsExactly(2);
      assertThat(chunk.rejected()).isEmpty();
    }
    assertThat(github.requests(detailsUrl(2))).isEqualTo(7);
  }

  /** So many failures of its details, and then they are there. */
  private static void failFirst(Stub stub, int number, int failures) {
    String url = detailsUrl(number);
    String scenario = url + " " + failures;
    for (int i = 0; i <= failures; i++) {
      stub.server.stubFor(
          get(urlEqualTo(url))
              .inScenario(scenario)
              .whenScenarioStateIs(i == 0 ? STARTED : "failed " + i)
              .willSetStateTo("failed " + (i + 1))
              .willReturn(
                  i < failures ? status(502, "Server Error") : ok(Stub.details(number, UPDATED))));
    }
  }

  @Test
  void anOutageRejectsNothing() throws Exception {
    pullRequests(40);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(session.next(10, 0).items()).hasSize(10);
      github.server.stubFor(
          get(urlPathMatching("/repos/o/r/pulls/\\d+")).willReturn(status(503, "Unicorn")));
      int before = github.requests();
      assertThatThrownBy(() -> session.next(30, 0)).isInstanceOf(TransientFailureException.class);
      assertThat(github.requests() - before).as("it gives up early").isLessThan(12);
      for (int number = 11; number <= 40; number++) {
        github.details(number);
      }
      Chunk<PullRequest> chunk = session.next(30, 0);
      assertThat(numbers(chunk)).isEqualTo(range(11, 40));
      assertThat(chunk.rejected()).isEmpty();
    }
  }

  @Test
  void aChunkIsShorterWhenTheQuotaEndsMidwayAndNothingIsFetchedTwice() throws Exception {
    pullRequests(10);
    github.answer(
        detailsUrl(4), github.quota(ok(Stub.details(4, UPDATED)), 20, Duration.ofMinutes(5)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThat(numbers(session.next(10, 20))).isEqualTo(range(1, 4));
      assertThatThrownBy(() -> session.next(10, 20)).isInstanceOf(RateLimitedException.class);
      github.time.advance(Duration.ofMinutes(6));
      assertThat(numbers(session.next(10, 20))).isEqualTo(range(5, 10));
    }
    assertThat(github.requests()).isEqualTo(12);
  }

  @Test
  void detailsAreKeptWhenTheQuotaEndsBeforeTheReviews() throws Exception {
    pullRequests(1);
    github.answer(
        detailsUrl(1), github.quota(ok(Stub.details(1, UPDATED)), 0, Duration.ofMinutes(5)));
    github.answer(reviewsUrl(1), ok(reviews(1, 2)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS, REVIEWS)) {
      assertThatThrownBy(() -> session.next(1, 0)).isInstanceOf(RateLimitedException.class);
      assertThat(github.requests(reviewsUrl(1))).isZero();
      github.time.advance(Duration.ofMinutes(6));
      assertThat(session.next(1, 0).items().get(0).reviews()).hasSize(2);
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
        GitHub client = GitHub.builder().apiUrl(counting.url()).detailConcurrency(16).build();
        SourceSession<PullRequest> session =
            client.pullRequests(Set.of(DETAILS)).open("sim/repo", Cursor.START)) {
      List<Integer> delivered = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                for (int n = 0; n < 100; n++) {
                  delivered.addAll(numbers(session.next(40, 50)));
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
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      Chunk<PullRequest> chunk = session.next(2, 0);
      assertThat(chunk.rejected().get(0).error()).contains("another pull request");
      assertThat(chunk.rejected().get(0).payload()).contains("\"number\":7");
    }
  }

  @Test
  void aReviewThatCannotBeUnderstoodRejectsItsPullRequestAndIsShown() throws Exception {
    github.page(1, 1, 1, 1);
    github.answer(reviewsUrl(1), ok("[{\"id\":\"x\",\"state\":\"APPROVED\"}]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, REVIEWS)) {
      RejectedItem rejected = session.next(1, 0).rejected().get(0);
      assertThat(rejected.key()).isEqualTo("1");
      assertThat(rejected.payload()).isEqualTo("{\"id\":\"x\",\"state\":\"APPROVED\"}");
    }
  }

  @Test
  void aLimitOnDetailsIsAWaitHoweverOften() throws Exception {
    pullRequests(1);
    github.answer(detailsUrl(1), status(429, ""));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      for (int hit = 1; hit <= 20; hit++) {
        assertThatThrownBy(() -> session.next(1, 0)).isInstanceOf(RateLimitedException.class);
        github.time.advance(Duration.ofMinutes(16));
      }
      assertThat(github.requests(detailsUrl(1))).isEqualTo(20);
      github.details(1);
      assertThat(Stub.numbers(session.next(1, 0))).containsExactly(1);
    }
  }

  @Test
  void aBadTokenEndsTheJobAndRejectsNothing() {
    pullRequests(3);
    github.answer(detailsUrl(1), status(401, "Bad credentials"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      assertThatThrownBy(() -> session.next(3, 0))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("Bad credentials");
    }
  }

  @Test
  void anInterruptDuringDetailsLosesNothing() throws Exception {
    pullRequests(5);
    github.answer(detailsUrl(3), ok(Stub.details(3, UPDATED)).withFixedDelay(20_000));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
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
      assertThatThrownBy(() -> session.next(5, 0)).isInstanceOf(InterruptedException.class);
      interrupter.join();
      github.details(3);
      assertThat(numbers(session.next(5, 0))).isEqualTo(range(1, 5));
      assertThat(github.requests(detailsUrl(1))).isEqualTo(1);
    }
  }
}
