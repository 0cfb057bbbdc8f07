package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.PullRequestExtra.DETAILS;
import static dev.backfill.github.PullRequestExtra.REVIEWS;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.pageUrl;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResumeTest {

  // Nothing ahead, so that no page is being fetched when a session ends.
  private final Stub github = new Stub(GitHub.builder().detailConcurrency(1).maxBytesAhead(0));

  @BeforeEach
  void threePages() {
    github.page(1, 3, 1, 100);
    github.page(2, 3, 101, 200);
    github.page(3, 3, 201, 230);
  }

  @AfterEach
  void close() {
    github.close();
  }

  /** The cursor behind the item with this number. */
  private Cursor after(int number) throws InterruptedException {
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Cursor cursor = Cursor.START;
      for (int i = 0; i < number; i++) {
        cursor = session.next(1, 0).next();
      }
      github.server.resetRequests();
      return cursor;
    }
  }

  private Chunk<PullRequest> next(Cursor from, int size) throws InterruptedException {
    try (SourceSession<PullRequest> session = github.open(from)) {
      return session.next(size, 0);
    }
  }

  @Test
  void inTheMiddleOfAPageThatPageIsReadOnceMore() throws Exception {
    Chunk<PullRequest> chunk = next(after(137), 10);
    assertThat(numbers(chunk)).isEqualTo(range(138, 147));
    assertThat(github.requests()).isEqualTo(1);
    assertThat(github.requests(pageUrl(2))).isEqualTo(1);
    assertThat(chunk.quotaSpent()).isEqualTo(1);
  }

  @Test
  void betweenTwoPagesNothingIsLostOrRepeated() throws Exception {
    Chunk<PullRequest> chunk = next(after(200), 10);
    assertThat(numbers(chunk)).isEqualTo(range(201, 210));
    assertThat(chunk.quotaSpent()).as("the page before, to be sure, and its own").isEqualTo(2);
  }

  @Test
  void theEndOfTheHistoryIsOneRequestAndBringsWhatIsNew() throws Exception {
    Cursor end = after(230);
    Chunk<PullRequest> nothing = next(end, 50);
    assertThat(nothing.size()).isZero();
    assertThat(nothing.last()).isTrue();
    assertThat(github.requests()).isEqualTo(1);
    github.page(3, 3, 201, 233);
    assertThat(numbers(next(end, 50))).isEqualTo(range(231, 233));
  }

  @Test
  void anEmptyHistoryThatHasGrownIsReadByWhatIsNew() throws Exception {
    github.answer(LIST, ok("[]"));
    Chunk<PullRequest> end = next(Cursor.START, 10);
    assertThat(end.last()).isTrue();
    github.recent(1, 3);
    assertThat(numbers(next(end.next(), 10))).containsExactly(3, 2, 1);
  }

  @Test
  void anItemThatMovedWithinItsPageIsFoundByItsId() throws Exception {
    Cursor cursor = after(150);
    github.page(2, 3, 121, 220);
    assertThat(numbers(next(cursor, 5))).isEqualTo(range(151, 155));
  }

  @Test
  void anItemThatMovedToAnEarlierPageIsLookedForThere() throws Exception {
    Cursor cursor = after(110);
    // Twenty items of page 1 were deleted: 101 to 120 are there now.
    github.page(1, 3, 21, 120);
    github.page(2, 3, 121, 220);
    assertThat(numbers(next(cursor, 15))).isEqualTo(range(111, 125));
    assertThat(github.requests()).as("page 2, page 1, page 2").isEqualTo(3);
  }

  @Test
  void anItemThatIsGoneCostsNoItemAndNoneTwice() throws Exception {
    Cursor cursor = after(110);
    github.page(2, 3, 111, 210);
    Chunk<PullRequest> chunk = next(cursor, 100);
    assertThat(numbers(chunk)).isEqualTo(range(111, 210));
    assertThat(github.requests(LIST)).as("looked at: it begins before").isEqualTo(1);
  }

  @Test
  void anItemThatIsGoneFromTheMiddleOfItsPageCostsNoRequestMore() throws Exception {
    Cursor cursor = after(150);
    String items =
        IntStream.rangeClosed(101, 201)
            .filter(number -> number != 150)
            .mapToObj(Stub::pullRequest)
            .collect(Collectors.joining(",", "[", "]"));
    github.answer(pageUrl(2), github.linked(ok(items), 2, 3));
    assertThat(numbers(next(cursor, 10))).isEqualTo(range(151, 160));
    assertThat(github.requests()).isEqualTo(1);
  }

  @Test
  void afterAShiftOfManyPagesNothingIsLost() throws Exception {
    ninePages();
    Cursor cursor = after(850);
    // The first 600 were deleted: what stood on page 9 stands on page 3.
    for (int page = 1; page <= 9; page++) {
      github.page(page, 9, page * 100 + 501, page * 100 + 600);
    }
    Chunk<PullRequest> chunk = next(cursor, 10);
    assertThat(numbers(chunk)).isEqualTo(range(851, 860));
    assertThat(github.requests()).as("pages 9 to 3").isEqualTo(7);
  }

  @Test
  void afterAShiftThatTookTheAnchorTooNothingIsLost() throws Exception {
    ninePages();
    Cursor cursor = after(850);
    // 301 to 899 were deleted.
    for (int page = 4; page <= 9; page++) {
      github.page(page, 9, page * 100 + 500, page * 100 + 599);
    }
    Chunk<PullRequest> chunk = next(cursor, 10);
    assertThat(numbers(chunk)).isEqualTo(range(900, 909));
    assertThat(github.requests()).as("pages 9 to 3, and 4 again").isEqualTo(8);
  }

  @Test
  void whenOnlyNewerItemsAreLeftAllOfThemAreRead() throws Exception {
    Cursor cursor = after(110);
    github.page(1, 3, 301, 400);
    github.page(2, 3, 401, 500);
    assertThat(numbers(next(cursor, 10))).isEqualTo(range(301, 310));
  }

  @Test
  void aSearchThatALimitEndsGoesOnWhereItWas() throws Exception {
    ninePages();
    Cursor cursor = after(850);
    for (int page = 1; page <= 9; page++) {
      github.page(page, 9, page * 100 + 501, page * 100 + 600);
    }
    github.answer(pageUrl(5), status(429, ""));
    try (SourceSession<PullRequest> session = github.open(cursor)) {
      assertThatThrownBy(() -> session.next(10, 0)).isInstanceOf(RateLimitedException.class);
      github.time.advance(Duration.ofMinutes(2));
      github.page(5, 9, 1001, 1100);
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(851, 860));
    }
    assertThat(github.requests()).as("pages 9 to 3, one of them twice").isEqualTo(8);
  }

  private void ninePages() {
    for (int page = 1; page <= 9; page++) {
      github.page(page, 9, page * 100 - 99, page * 100);
    }
  }

  @Test
  void aNewProcessAsksForTheRepositoryAndThePage() throws Exception {
    Cursor cursor = after(137);
    try (GitHub other = GitHub.builder().apiUrl(github.url()).maxBytesAhead(0).build();
        SourceSession<PullRequest> session = other.pullRequests(Set.of()).open("o/r", cursor)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(numbers(chunk)).isEqualTo(range(138, 147));
      assertThat(chunk.quotaSpent()).isEqualTo(2);
    }
    assertThat(github.requests()).isEqualTo(2);
  }

  @Test
  void theMarkIsGitHubsTimeBeforeTheFirstPageAndStays() throws Exception {
    github.answer(
        "/repos/o/r",
        ok(Stub.repositoryJson("o/r", Stub.REPOSITORY_ID))
            .withHeader("Date", "Fri, 02 Jan 2026 03:04:05 GMT"));
    Cursor cursor = after(10);
    assertThat(cursor.value()).contains("\"mark\":\"2026-01-02T03:04:05Z\"");
    github.time.advance(Duration.ofDays(3));
    assertThat(next(cursor, 10).next().value()).contains("\"mark\":\"2026-01-02T03:04:05Z\"");
  }

  @Test
  void anotherRepositoryUnderTheSameNameIsNotMixedIn() throws Exception {
    Cursor cursor = after(10);
    github.repository("o/r", 99);
    github.time.advance(Duration.ofHours(1));
    assertFails(cursor, Reason.IDENTITY_CHANGED, "now belongs to another repository");
  }

  @Test
  void aRenamedRepositoryGoesOnUnderItsNewName() throws Exception {
    Cursor cursor = after(137);
    github.time.advance(Duration.ofHours(1));
    String byId = "/repositories/" + Stub.REPOSITORY_ID;
    github.answer("/repos/o/r", aResponse().withStatus(301).withHeader("Location", byId));
    github.answer(byId, ok(Stub.repositoryJson("new/name", Stub.REPOSITORY_ID)));
    Chunk<PullRequest> chunk = next(cursor, 10);
    assertThat(numbers(chunk)).isEqualTo(range(138, 147));
    assertThat(chunk.items().get(0).repository().fullName()).isEqualTo("new/name");
  }

  @Test
  void aNameThatIsGoneIsLookedUpByTheRepositorysNumberOnce() throws Exception {
    Cursor cursor = after(137);
    github.time.advance(Duration.ofHours(1));
    github.answer("/repos/o/r", status(404, "Not Found"));
    String byId = "/repositories/" + Stub.REPOSITORY_ID;
    github.answer(byId, ok(Stub.repositoryJson("new/name", Stub.REPOSITORY_ID)));
    assertThat(numbers(next(cursor, 10))).isEqualTo(range(138, 147));
    assertThat(github.requests(byId)).isEqualTo(1);
  }

  @Test
  void aRepositoryThatIsGoneIsNotFound() throws Exception {
    Cursor cursor = after(137);
    github.time.advance(Duration.ofHours(1));
    github.answer("/repos/o/r", status(404, "Not Found"));
    github.answer("/repositories/" + Stub.REPOSITORY_ID, status(404, "Not Found"));
    assertFails(cursor, Reason.NOT_FOUND, "does not exist");
  }

  @Test
  void requirement26_aSourceThatWantsMoreDoesNotResumeAndOneThatWantsLessDoes() throws Exception {
    for (int number = 1; number <= 5; number++) {
      github.details(number);
      github.answer(Stub.byNumber("/pulls/" + number + "/reviews?per_page=100"), ok("[]"));
    }
    Cursor listed = after(3);
    Cursor detailed;
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS)) {
      detailed = session.next(3, 0).next();
    }
    assertThat(source().canResume(listed)).isTrue();
    assertThat(source().canResume(detailed)).isTrue();
    assertThat(source(DETAILS).canResume(listed)).isFalse();
    assertThat(source(DETAILS).canResume(detailed)).isTrue();
    assertThat(source(DETAILS, REVIEWS).canResume(detailed)).isFalse();
    Cursor less = next(detailed, 1).next();
    assertThat(source(DETAILS).canResume(less)).as("the cursor forgets the details").isFalse();
  }

  @Test
  void askingForLessForgetsNothingUntilAnItemIsReadWithLess() throws Exception {
    github.page(1, 1, 1, 3);
    for (int number = 1; number <= 3; number++) {
      github.details(number);
      github.answer(Stub.byNumber("/pulls/" + number + "/reviews?per_page=100"), ok("[]"));
    }
    Cursor done;
    try (SourceSession<PullRequest> session = github.open(Cursor.START, DETAILS, REVIEWS)) {
      done = session.next(50, 0).next();
    }
    Cursor end;
    try (SourceSession<PullRequest> session = github.open(done)) {
      Chunk<PullRequest> nothing = session.next(50, 0);
      assertThat(nothing.size()).isZero();
      assertThat(nothing.last()).isTrue();
      end = nothing.next();
      assertThat(session.next(50, 0).next()).as("nothing more to commit").isEqualTo(end);
    }
    assertThat(source(DETAILS, REVIEWS).canResume(end)).isTrue();
    github.recent(4, 4);
    try (SourceSession<PullRequest> session = github.open(end)) {
      Cursor less = session.next(50, 0).next();
      assertThat(source(DETAILS).canResume(less)).isFalse();
    }
  }

  private PullSource<PullRequest> source(PullRequestExtra... extras) {
    return github.client.pullRequests(Set.of(extras));
  }

  private void assertFails(Cursor cursor, Reason reason, String message) {
    try (SourceSession<PullRequest> session = github.open(cursor)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .hasMessageContaining(message)
          .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
          .extracting(PermanentFailureException::reason)
          .isEqualTo(reason);
    }
  }
}
