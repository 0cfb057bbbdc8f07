package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.pageUrl;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagingTest {

  private final Stub github = new Stub();

  @AfterEach
  void close() {
    github.close();
  }

  private void threePages() {
    github.page(1, 3, 1, 100);
    github.page(2, 3, 101, 200);
    github.page(3, 3, 201, 230);
  }

  @Test
  void openingSendsNothing() {
    github.open(Cursor.START).close();
    assertThat(github.requests()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 25, 30, 99, 100, 101, 150, 1000})
  void aPageIsAskedForOnceWhateverTheChunkSize(int size) throws Exception {
    threePages();
    List<Integer> all = new ArrayList<>();
    long spent = 0;
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Chunk<PullRequest> chunk;
      do {
        chunk = session.next(size, 0);
        all.addAll(numbers(chunk));
        spent += chunk.quotaSpent();
      } while (!chunk.last());
    }
    assertThat(all).isEqualTo(range(1, 230));
    assertThat(github.requests()).isEqualTo(4);
    assertThat(spent)
        .as("the repository, the count, three pages, a look at what changed")
        .isEqualTo(6);
  }

  @Test
  void threeStreamsAskForTheRepositoryOnce() throws Exception {
    github.answer(LIST, ok("[]"));
    String comments = "comments?sort=updated&direction=asc&per_page=100";
    github.answer("/repos/o/r/pulls/" + comments, ok("[]"));
    github.answer("/repos/o/r/issues/" + comments, ok("[]"));
    assertThat(
            List.of(
                drained(github.open(Cursor.START)),
                drained(github.client.reviewComments().open("o/r", Cursor.START)),
                drained(github.client.issueComments().open("O/R", Cursor.START))))
        .allMatch(Chunk::last);
    assertThat(github.requests("/repos/o/r")).isEqualTo(1);
    assertThat(github.requests()).isEqualTo(4);
  }

  private static Chunk<?> drained(SourceSession<?> session) throws InterruptedException {
    try (session) {
      return session.next(10, 0);
    }
  }

  @Test
  void everyRequestSaysWhoAsksAndForWhat() throws Exception {
    try (Stub withToken = new Stub(GitHub.builder().token(Stub.TOKEN))) {
      withToken.page(1, 1, 1, 1);
      withToken.open(Cursor.START).next(1, 0);
      assertThat(withToken.log())
          .hasSize(2)
          .allSatisfy(
              request -> {
                assertThat(request.getHeader("User-Agent")).matches("backfill/\\d+\\.\\d+.*");
                assertThat(request.getHeader("Accept")).isEqualTo("application/vnd.github+json");
                assertThat(request.getHeader("X-GitHub-Api-Version")).isEqualTo("2022-11-28");
                assertThat(request.getHeader("Accept-Encoding")).isEqualTo("gzip");
                assertThat(request.getHeader("Authorization")).isEqualTo("Bearer " + Stub.TOKEN);
              });
    }
  }

  @Test
  void theNextPageIsFetchedAsSoonAsAPageIsEntered() throws Exception {
    threePages();
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      session.next(40, 0);
      github.awaitRequests(3);
      assertThat(github.requests(pageUrl(2))).as("although 60 items are left").isEqualTo(1);
      session.next(40, 0);
      assertThat(session.next(40, 0).items()).hasSize(40);
      assertThat(github.requests(pageUrl(2))).isEqualTo(1);
    }
  }

  @Test
  void onePageIsFetchedAheadAndNoMore() throws Exception {
    threePages();
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Chunk<PullRequest> first = session.next(100, 0);
      assertThat(first.quotaSpent()).as("the repository, the count and page 1").isEqualTo(3);
      github.awaitRequests(3);
      assertThat(github.requests(pageUrl(3))).isZero();
      Chunk<PullRequest> second = session.next(40, 0);
      assertThat(second.quotaSpent()).as("page 2, which it uses first").isEqualTo(1);
    }
  }

  @Test
  void fetchingAheadLeavesTheReserveAlone() throws Exception {
    github.page(1, 2, 1, 100);
    ResponseDefinitionBuilder first =
        github.quota(github.linked(ok(oneItem(1)), 1, 2), 11, Duration.ofHours(1));
    github.answer(LIST, first);
    github.answer(Stub.COUNT, Stub.uncounted(github.quota(ok("[{}]"), 10, Duration.ofHours(1))));
    github.page(2, 2, 2, 2);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.next(1, 10).items()).hasSize(1);
      assertThat(github.requests(pageUrl(2))).isZero();
      assertThat(session.next(1, 9).items()).hasSize(1);
    }
  }

  @Test
  void aFailureOfFetchingAheadIsToldAtTheNextCallAndThenTriedAgain() throws Exception {
    github.page(1, 2, 1, 100);
    github.answer(pageUrl(2), status(502, "Server Error"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.next(100, 0).items()).hasSize(100);
      assertThatThrownBy(() -> session.next(10, 0)).isInstanceOf(TransientFailureException.class);
      assertThat(github.requests(pageUrl(2))).as("the one that was fetched ahead").isEqualTo(1);
      github.page(2, 2, 101, 110);
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(numbers(chunk)).isEqualTo(range(101, 110));
      assertThat(chunk.quotaSpent()).as("the failed request counts").isEqualTo(2);
    }
  }

  @Test
  void whatIsThereGoesFirstWhenTheNextPageFails() throws Exception {
    github.page(1, 2, 1, 100);
    github.answer(pageUrl(2), status(502, "Server Error"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(60, 0))).isEqualTo(range(1, 60));
      assertThat(numbers(session.next(60, 0))).isEqualTo(range(61, 100));
      assertThatThrownBy(() -> session.next(60, 0)).isInstanceOf(TransientFailureException.class);
      github.page(2, 2, 101, 110);
      assertThat(numbers(session.next(60, 0))).isEqualTo(range(101, 110));
    }
  }

  @Test
  void theTotalIsKnownFromTheLinksAndExactAtTheEnd() throws Exception {
    threePages();
    github.counted(229);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.total()).isEqualTo(Total.UNKNOWN);
      session.next(1, 0);
      assertThat(session.total()).isEqualTo(Total.estimate(300));
      session.next(250, 0);
      assertThat(session.total()).as("one more at the end").isEqualTo(Total.exact(230));
    }
    assertThat(github.requests()).as("the first page twice").isEqualTo(5);
  }

  @Test
  void aSinglePageWithoutLinksIsTheWholeHistory() throws Exception {
    github.answer(LIST, ok(oneItem(1)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(1, 0))).containsExactly(1);
      Chunk<PullRequest> end = session.next(1, 0);
      assertThat(end.size()).isZero();
      assertThat(end.last()).as("nothing has changed meanwhile").isTrue();
      assertThat(session.total()).isEqualTo(Total.exact(1));
    }
  }

  /** As behind a proxy that does not let them through. */
  @Test
  void aListWhoseLinksWereLostIsNoWholeHistory() {
    github.page(1, 1, 1, 100);
    github.answer(LIST + "&page=2", ok(oneItem(101)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              failure -> assertThat(failure.reason()).isEqualTo(Reason.INCOMPATIBLE))
          .hasMessageContaining("Link header");
    }
  }

  @Test
  void anItemThatIsCreatedMeanwhileIsNoLostLink() throws Exception {
    github.page(1, 1, 1, 100);
    github.answer(LIST + "&page=2", ok(oneItem(101)));
    github.server.addMockServiceRequestListener(
        (request, response) -> {
          if (request.getUrl().equals(LIST + "&page=2")) {
            github.page(1, 2, 1, 100);
            github.page(2, 2, 101, 101);
          }
        });
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(200, 0))).isEqualTo(range(1, 101));
    }
  }

  @Test
  void aFullPageWithoutLinksIsTheWholeHistoryWhenTheNextOneIsEmpty() throws Exception {
    github.page(1, 1, 1, 100);
    github.answer(LIST + "&page=2", ok("[]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(200, 0))).isEqualTo(range(1, 100));
      assertThat(session.total()).isEqualTo(Total.exact(100));
    }
  }

  /** What is deleted after it was counted may hide others; what was deleted before hides none. */
  @Test
  void theFirstPageIsReadAgainAfterTheCountWhenItHasChanged() throws Exception {
    github.page(1, 2, 1, 100);
    github.server.addMockServiceRequestListener(
        (request, response) -> {
          if (request.getUrl().equals(Stub.COUNT)) {
            github.page(1, 2, 2, 101);
          }
        });
    github.counted(102);
    github.page(2, 2, 102, 103);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(200, 0))).isEqualTo(range(2, 103));
    }
  }

  @Test
  void anEmptyPageAfterAFullOneIsTheEnd() throws Exception {
    github.page(1, 2, 1, 100);
    github.answer(pageUrl(2), ok("[]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.next(100, 0).last()).isFalse();
      Chunk<PullRequest> end = session.next(100, 0);
      assertThat(end.size()).isZero();
      assertThat(end.last()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 204, 409})
  void aRepositoryWithNothingInItIsACompleteHistory(int status) throws Exception {
    String body =
        switch (status) {
          case 200 -> "[]";
          case 409 -> "{\"message\":\"Git Repository is empty.\"}";
          default -> "";
        };
    github.answer(LIST, aResponse().withStatus(status).withBody(body));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.size()).isZero();
      assertThat(chunk.last()).isTrue();
      assertThat(session.total())
          .as("without a list nobody knows whether it is so")
          .isEqualTo(status == 200 ? Total.exact(0) : Total.UNKNOWN);
    }
  }

  @Test
  void requirement31_pagesByCursorAreFollowedAsGiven() throws Exception {
    String second = "/repositories/1/pulls?per_page=100&after=Y3Vyc29yOnYyOpK5%3D%3D";
    github.answer(
        LIST, ok(oneItem(1)).withHeader("Link", "<" + github.url() + second + ">; rel=\"next\""));
    github.answer(second, ok(oneItem(2)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(numbers(session.next(10, 0))).containsExactly(1, 2);
      assertThat(github.requests(second)).isEqualTo(1);
      assertThat(session.total()).isEqualTo(Total.exact(2));
    }
  }

  @Test
  void aLinkThatLeadsBackToItsPageEndsTheJobInsteadOfLooping() {
    github.answer(
        LIST, ok(oneItem(1)).withHeader("Link", "<" + github.url() + LIST + ">; rel=\"next\""));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
          .extracting(PermanentFailureException::reason)
          .isEqualTo(Reason.INCOMPATIBLE);
    }
  }

  @Test
  void anInterruptEndsTheCallAtOnceAndLosesNothing() throws Exception {
    github.page(1, 1, 1, 5);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> session.next(5, 0)).isInstanceOf(InterruptedException.class);
      assertThat(Thread.interrupted()).isFalse();
      assertThat(numbers(session.next(5, 0))).isEqualTo(range(1, 5));
    }
  }

  @Test
  void requirement31_sinceTheBeginningOfTimeIsNeverAskedFor() throws Exception {
    threePages();
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      session.next(1000, 0);
    }
    assertThat(github.log()).noneMatch(request -> request.getUrl().contains("since"));
  }

  @Test
  void nonsenseIsRefused() {
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(0, 0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> session.next(1, -1)).isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(github.client.pullRequests(Set.of()).canResume(Cursor.START)).isTrue();
  }

  private static String oneItem(int number) {
    return "[" + Stub.pullRequest(number) + "]";
  }
}
