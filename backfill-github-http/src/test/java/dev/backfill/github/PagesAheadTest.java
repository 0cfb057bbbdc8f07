package dev.backfill.github;

import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.pageUrl;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Several pages of a list at once: in order, within every bound, and none too many. */
@Timeout(120)
class PagesAheadTest {

  private final Stub github = new Stub(GitHub.builder().detailConcurrency(1).pagesAhead(4));
  private long spent;

  @AfterEach
  void close() {
    github.close();
  }

  private void pages(int count) {
    for (int page = 1; page <= count; page++) {
      github.page(page, count, page * 100 - 99, page * 100);
    }
  }

  private List<Integer> take(SourceSession<PullRequest> session, int size)
      throws InterruptedException {
    Chunk<PullRequest> chunk = session.next(size, 0);
    spent += chunk.quotaSpent();
    return numbers(chunk);
  }

  private List<Integer> takeAll(SourceSession<PullRequest> session) throws InterruptedException {
    List<Integer> all = new ArrayList<>();
    Chunk<PullRequest> chunk;
    do {
      chunk = session.next(40, 0);
      all.addAll(numbers(chunk));
      spent += chunk.quotaSpent();
    } while (!chunk.last());
    return all;
  }

  /** Opens once as many requests for these pages have come. */
  private CountDownLatch requested(int... pages) {
    List<String> urls = IntStream.of(pages).mapToObj(Stub::pageUrl).toList();
    CountDownLatch all = new CountDownLatch(pages.length);
    github.server.addMockServiceRequestListener(
        (request, response) -> {
          if (urls.contains(request.getUrl())) {
            all.countDown();
          }
        });
    return all;
  }

  private static void await(CountDownLatch latch) throws InterruptedException {
    assertThat(latch.await(20, TimeUnit.SECONDS)).as("the requests have come").isTrue();
  }

  @Test
  void severalPagesAreAskedForAsSoonAsAPageIsEnteredAndNoMoreThanAllowed() throws Exception {
    pages(8);
    CountDownLatch four = requested(2, 3, 4, 5);
    CountDownLatch fifth = requested(6);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 10)).isEqualTo(range(1, 10));
      assertThat(spent).as("the repository, the count and page 1").isEqualTo(3);
      await(four);
      assertThat(take(session, 90)).isEqualTo(range(11, 100));
      assertThat(github.requests(pageUrl(6))).isZero();
      assertThat(take(session, 1)).containsExactly(101);
      await(fifth);
      assertThat(github.requests(pageUrl(7))).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 32})
  void theyArriveInOrderEachOnceAndCostWhatTheyCost(int ahead) throws Exception {
    try (Stub stub = new Stub(GitHub.builder().detailConcurrency(1).pagesAhead(ahead))) {
      for (int page = 1; page <= 9; page++) {
        stub.page(page, 9, page * 100 - 99, page * 100);
      }
      stub.answer(pageUrl(2), stub.linked(ok(items(101, 200)).withFixedDelay(150), 2, 9));
      try (SourceSession<PullRequest> session = stub.open(Cursor.START)) {
        assertThat(takeAll(session)).isEqualTo(range(1, 900));
      }
      assertThat(stub.requests()).isEqualTo(11);
      assertThat(spent)
          .as("the repository, the count, nine pages, none behind the full last one, what changed")
          .isEqualTo(13);
    }
  }

  private static String items(int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(Stub::pullRequest).toList().toString();
  }

  @Test
  void nothingIsBuiltBeyondTheLastPageAndAListThatHasGrownGoesOn() throws Exception {
    pages(3);
    CountDownLatch rest = requested(2, 3);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.answer(pageUrl(3), github.linked(ok(items(201, 300)), 3, 4));
      github.page(4, 4, 301, 310);
      assertThat(take(session, 10)).isEqualTo(range(1, 10));
      await(rest);
      assertThat(github.requests(pageUrl(4))).isZero();
      assertThat(takeAll(session)).isEqualTo(range(11, 310));
    }
    assertThat(github.requests()).isEqualTo(5);
  }

  @Test
  void pagesByCursorAreFetchedOneAhead() throws Exception {
    String second = "/repositories/1/pulls?per_page=100&after=Y3Vyc29yOnYyOpK5%3D%3D";
    String third = "/repositories/1/pulls?per_page=100&after=abc";
    github.answer(
        Stub.LIST,
        ok(items(1, 2)).withHeader("Link", link(second, "next") + ", " + link(third, "last")));
    github.answer(second, ok(items(3, 4)).withHeader("Link", link(third, "next")));
    github.answer(third, ok(items(5, 5)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 1)).containsExactly(1);
      assertThat(github.requests(third)).isZero();
      assertThat(takeAll(session)).isEqualTo(range(2, 5));
    }
    assertThat(github.requests()).isEqualTo(4);
  }

  private String link(String path, String relation) {
    return "<" + github.url() + path + ">; rel=\"" + relation + "\"";
  }

  @Test
  void aPageThatDoesNotFollowIsThrownAwayAndTheListIsReadOnePageAtATime() throws Exception {
    pages(6);
    String other = pageUrl(3) + "&then=elsewhere";
    github.answer(pageUrl(2), ok(items(101, 200)).withHeader("Link", link(other, "next")));
    github.answer(other, ok(items(201, 210)));
    CountDownLatch built = requested(3, 4, 5);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 10)).isEqualTo(range(1, 10));
      await(built);
      assertThat(takeAll(session)).isEqualTo(range(11, 210));
    }
    assertThat(github.requests(other)).isEqualTo(1);
    // Java's client may send one twice whose connection ends; no page is asked for twice here.
    long pages = github.log().stream().map(LoggedRequest::getUrl).distinct().count();
    assertThat(spent).as("each request counts, the count, and what changed").isEqualTo(pages + 2);
  }

  @Test
  void aPageThatSaysItComesBehindAnotherOneIsAskedForAgain() throws Exception {
    pages(4);
    github.answer(pageUrl(3), ok(items(801, 802)).withHeader("Link", link(pageUrl(1), "prev")));
    CountDownLatch built = requested(3);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 10)).isEqualTo(range(1, 10));
      await(built);
      github.page(3, 4, 201, 300);
      assertThat(takeAll(session)).isEqualTo(range(11, 400));
    }
    assertThat(github.requests(pageUrl(3))).isEqualTo(2);
    // The page ahead of it is given up. If that was not sent yet, it counts all the same.
    assertThat(spent)
        .as("each request counts, the count, and what changed")
        .isBetween(github.requests() + 2L, github.requests() + 3L);
  }

  @Test
  void aFailureIsToldInItsTurnAndOnlyThatPageIsAskedForAgain() throws Exception {
    pages(5);
    github.answer(pageUrl(3), status(502, "Server Error"));
    CountDownLatch all = requested(2, 3, 4, 5);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 100)).isEqualTo(range(1, 100));
      await(all);
      assertThat(take(session, 100)).isEqualTo(range(101, 200));
      assertThatThrownBy(() -> take(session, 100)).isInstanceOf(TransientFailureException.class);
      assertThatThrownBy(() -> take(session, 100)).isInstanceOf(TransientFailureException.class);
      github.page(3, 5, 201, 300);
      assertThat(takeAll(session)).isEqualTo(range(201, 500));
    }
    assertThat(github.requests(pageUrl(3))).isEqualTo(3);
    assertThat(github.requests(pageUrl(4))).isEqualTo(1);
    assertThat(github.requests(pageUrl(5))).isEqualTo(1);
    assertThat(spent).as("also what failed").isEqualTo(github.requests() + 2);
  }

  @Test
  void closingGivesUpWhatIsUnderWayAndWaitsForNothing() throws Exception {
    pages(5);
    github.answer(pageUrl(2), ok("[]").withFixedDelay(8_000));
    CountDownLatch begun = requested(3, 4, 5);
    SourceSession<PullRequest> session = github.open(Cursor.START);
    take(session, 10);
    await(begun);
    long before = System.nanoTime();
    session.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void anInterruptWhileAPageIsUnderWayLosesNothing() throws Exception {
    pages(3);
    github.answer(pageUrl(2), github.linked(ok(items(101, 200)).withFixedDelay(3_000), 2, 3));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(take(session, 100)).isEqualTo(range(1, 100));
      Thread caller = Thread.currentThread();
      Thread other =
          new Thread(
              () -> {
                while (caller.getState() != Thread.State.WAITING) {
                  Thread.onSpinWait();
                }
                caller.interrupt();
              });
      other.start();
      assertThatThrownBy(() -> take(session, 100)).isInstanceOf(InterruptedException.class);
      other.join();
      assertThat(takeAll(session)).isEqualTo(range(101, 300));
    }
    assertThat(github.requests()).as("with a look behind the full last page").isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void pagesAheadAreBoundedInBytes(int room) throws Exception {
    String padding = ",\"padding\":\"" + "x".repeat(100_000) + "\"";
    long bytes = largePage(1, padding).length();
    try (Stub stub =
        new Stub(
            GitHub.builder()
                .detailConcurrency(1)
                .pagesAhead(4)
                .maxBytesAhead(bytes * room + bytes / 2))) {
      for (int page = 1; page <= 6; page++) {
        stub.answer(pageUrl(page), stub.linked(ok(largePage(page, padding)), page, 6));
      }
      try (SourceSession<PullRequest> session = stub.open(Cursor.START)) {
        List<Integer> all = new ArrayList<>(numbers(session.next(10, 0)));
        stub.awaitRequests(2 + room);
        assertThat(numbers(session.next(5, 0))).hasSize(5);
        assertThat(stub.requests())
            .as("the repository, page 1 and those ahead")
            .isEqualTo(2 + room);
        all.addAll(range(11, 15));
        all.addAll(takeAll(session));
        assertThat(all).isEqualTo(range(1, 120));
      }
      assertThat(stub.requests()).isEqualTo(7);
    }
  }

  private static String largePage(int page, String padding) {
    return IntStream.rangeClosed(page * 20 - 19, page * 20)
        .mapToObj(number -> Stub.pullRequest(number, "2020-01-02T03:04:05Z", padding))
        .toList()
        .toString();
  }

  @Test
  void noMoreAreUnderWayThanMayBeAtOnceAndTheReserveIsKept() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 3_000);
    try (SimulatedGitHub counting =
            SimulatedGitHub.builder()
                .repository(repository)
                .quota(25, Duration.ofHours(1))
                .latency(Duration.ofMillis(5), Duration.ofMillis(15))
                .start();
        GitHub client =
            GitHub.builder().apiUrl(counting.url()).pagesAhead(8).maxConcurrency(3).build();
        SourceSession<PullRequest> session =
            client.pullRequests(Set.of()).open("sim/repo", Cursor.START)) {
      List<Integer> all = new ArrayList<>();
      assertThatThrownBy(
              () -> {
                while (true) {
                  all.addAll(numbers(session.next(50, 10)));
                }
              })
          .isInstanceOf(RateLimitedException.class);
      // 13 pages are left of the 15 requests. One that is refused holds back those fetched ahead.
      assertThat(all).hasSizeBetween(500, 1_300);
      assertThat(all).isEqualTo(repository.numbers().limit(all.size()).boxed().toList());
      // The last of them may still be on its way.
      assertThat(counting.requests()).as("of 25, with 10 in reserve").isBetween(12L, 16L);
      assertThat(counting.mostConcurrent()).isBetween(2, 3);
      assertThat(counting.limited()).isZero();
    }
  }

  @Test
  void underFaultsAndLimitsEverythingArrivesOnceInOrder() throws Exception {
    ManualTimeSource time = new ManualTimeSource();
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 2_030);
    try (SimulatedGitHub faulty =
            SimulatedGitHub.builder()
                .repository(repository)
                .quota(1_000, Duration.ofHours(1))
                .timeSource(time)
                .start();
        GitHub client =
            GitHub.builder().apiUrl(faulty.url()).timeSource(time).pagesAhead(6).build()) {
      Reader<PullRequest> reader = new Reader<>(client.pullRequests(Set.of()), time);
      int[] chunks = {0};
      reader.betweenChunks =
          () -> {
            switch (++chunks[0] % 5) {
              case 0 -> faulty.failNext(2, 502);
              case 1 -> faulty.truncateNext();
              case 2 -> faulty.dropNext();
              case 3 -> faulty.limitNext(Duration.ofSeconds(5));
              default -> {}
            }
          };
      reader.run("sim/repo", Cursor.START);
      assertThat(reader.stored.keySet())
          .containsExactlyElementsOf(repository.numbers().mapToObj(Integer::toString).toList());
      assertThat(reader.arrivedInHistory).isEqualTo(2_030);
      assertThat(reader.waits).isPositive();
      assertThat(reader.failures).isPositive();
    }
  }

  @Test
  void whatIsSpentIsWhatGitHubCounted() throws Exception {
    SimulatedRepository repository = SimulatedRepository.of("sim/repo", 1_234);
    try (SimulatedGitHub counting =
            SimulatedGitHub.builder()
                .repository(repository)
                .quota(1_000, Duration.ofHours(1))
                .start();
        GitHub client = GitHub.builder().apiUrl(counting.url()).pagesAhead(8).build();
        SourceSession<PullRequest> session =
            client.pullRequests(Set.of()).open("sim/repo", Cursor.START)) {
      assertThat(takeAll(session)).isEqualTo(repository.numbers().boxed().toList());
      assertThat(spent)
          .isEqualTo(counting.quotaSpent(QuotaResource.CORE))
          .isEqualTo(1 + 1 + 13 + 1);
    }
  }
}
