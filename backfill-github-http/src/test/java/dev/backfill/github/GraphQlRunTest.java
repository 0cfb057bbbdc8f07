package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole histories by GraphQL, from a simulated GitHub that fails, limits and changes. */
@Timeout(120)
class GraphQlRunTest {

  private static final Set<PullRequestExtra> ALL = EnumSet.allOf(PullRequestExtra.class);

  private final ManualTimeSource time = new ManualTimeSource();
  private SimulatedRepository repository;
  private SimulatedGitHub github;
  private GitHub client;

  private Reader<PullRequest> start(int pullRequests) {
    return start(SimulatedRepository.of("sim/repo", pullRequests), 100_000);
  }

  private Reader<PullRequest> start(SimulatedRepository simulated, int points) {
    repository = simulated;
    github =
        SimulatedGitHub.builder()
            .repository(repository)
            .token(Stub.TOKEN)
            .quota(100_000, Duration.ofHours(1))
            .graphqlQuota(points, Duration.ofMinutes(5))
            .timeSource(time)
            .start();
    client = client(Stub.TOKEN);
    return new Reader<>(source(GitHubTransport.AUTO), time);
  }

  private GitHub client(String token) {
    return GitHub.builder()
        .apiUrl(github.url())
        .token(token)
        .timeSource(time)
        .detailConcurrency(2)
        .build();
  }

  private PullSource<PullRequest> source(GitHubTransport transport) {
    return client.pullRequests(ALL, transport);
  }

  @AfterEach
  void close() {
    if (client != null) {
      client.close();
      github.close();
    }
  }

  private long failedPages() {
    return github.log().stream().filter(exchange -> exchange.status() == 502).count();
  }

  private void assertAllStored(Reader<PullRequest> reader) {
    assertThat(new ArrayList<>(reader.stored.values()).stream().map(AsQueried::of))
        .containsExactlyInAnyOrderElementsOf(
            repository
                .pullRequests()
                .filter(item -> !reader.rejected.containsKey("" + item.number()))
                .map(AsQueried::of)
                .toList());
  }

  @Test
  void requirement19_tenThousandPullRequestsWithDetailsAndReviewsCostAtMost450Points()
      throws Exception {
    Reader<PullRequest> reader = start(10_000);
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.stored).hasSize(10_000);
    assertThat(github.points()).isBetween(400L, 450L);
    assertThat(github.quotaSpent(QuotaResource.CORE)).as("by REST").isLessThanOrEqualTo(3);
    assertThat(reader.spent)
        .as("what the chunks say")
        .isEqualTo(github.points() + github.quotaSpent(QuotaResource.CORE));
  }

  @Test
  void requirement17_aPullRequestWith250ReviewsArrivesWhole() throws Exception {
    Reader<PullRequest> reader = start(60);
    int number = repository.numbers().skip(31).findFirst().orElseThrow();
    repository.addReviews(number, 250);
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.stored.get("" + number).reviews()).hasSizeGreaterThanOrEqualTo(250);
    assertAllStored(reader);
    assertThat(github.requests(Endpoint.REVIEWS)).as("reviews by REST").isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {502, 504})
  void requirement15_pagesThatGitHubCannotBringShrinkAndGrowAgain(int status) throws Exception {
    Reader<PullRequest> reader = start(600);
    github.graphqlFailsAbove(10, status);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.failures).as("failures that the engine hears of").isZero();
    assertThat(reader.readings).anyMatch(text -> text.startsWith("GraphQL pages of 10 pull"));
    assertThat(github.requests(Endpoint.GRAPHQL)).isLessThan(600 / 6 + 20);
    assertThat(github.requests(Endpoint.PULL_REQUEST)).isZero();
  }

  @Test
  void requirement15_pagesWhoseAnswersBreakOffShrink() throws Exception {
    Reader<PullRequest> reader = start(300);
    github.graphqlIsCutAbove(10);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.failures).as("one before each time that pages shrink").isBetween(1, 5);
    assertThat(reader.readings).anyMatch(text -> text.startsWith("GraphQL pages of "));
    assertThat(github.requests(Endpoint.PULL_REQUEST)).isZero();
  }

  @Test
  void oneAnswerThatBreaksOffChangesNothing() throws Exception {
    Reader<PullRequest> reader = start(200);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 2) {
            github.truncateNext();
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.readings).containsExactly("");
  }

  @Test
  void requirement15_theSmallerPageSizeIsKeptInTheCursor() throws Exception {
    start(SimulatedRepository.builder("sim/repo").pullRequests(600).reviews(0).build(), 100_000);
    github.graphqlFailsAbove(10, 502);
    Cursor cursor;
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("sim/repo", Cursor.START)) {
      cursor = session.next(50, 0).next();
    }
    assertThat(cursor.value()).contains("\"size\":6");
    long before = failedPages();
    assertThat(before).isPositive();
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("sim/repo", cursor)) {
      assertThat(session.next(2, 0).items()).hasSize(2);
    }
    assertThat(failedPages()).isEqualTo(before);
  }

  @Test
  void requirement16_nodesThatHitTheResourceLimitAreAskedForInSmallerPages() throws Exception {
    Reader<PullRequest> reader = start(200);
    github.graphqlResourceLimitAbove(8);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
  }

  @Test
  void requirement16_aListThatHitsTheResourceLimitShrinksThePage() throws Exception {
    Reader<PullRequest> reader = start(200);
    github.graphqlResourceLimitNullsListAbove(8);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
  }

  @Test
  void requirement16_aBrokenNodeIsReadByRestAndTheRestOfItsPageIsKept() throws Exception {
    Reader<PullRequest> reader = start(100);
    int number = repository.numbers().skip(40).findFirst().orElseThrow();
    github.brokenNode(number);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
    assertThat(github.requests(Endpoint.PULL_REQUEST))
        .as("numbers between its neighbours")
        .isBetween(1L, 5L);
  }

  @Test
  void aSinglePoisonPullRequestIsRejectedAndEverythingElseArrives() throws Exception {
    Reader<PullRequest> reader = start(150);
    int number = repository.numbers().skip(77).findFirst().orElseThrow();
    github.poison(number);
    Cursor end = reader.run("sim/repo", Cursor.START);
    assertThat(reader.rejected.keySet()).containsExactly("" + number);
    assertThat(reader.rejected.get("" + number).error()).contains("502");
    assertAllStored(reader);
    assertThat(reader.stored).hasSize(149);
    github.heal(number);
    PullSource<PullRequest> source = source(GitHubTransport.AUTO);
    try (SourceSession<PullRequest> again =
        source.openByKeys("sim/repo", List.of("" + number), end).orElseThrow()) {
      Chunk<PullRequest> chunk = again.next(50, 0);
      assertThat(chunk.last()).isTrue();
      assertThat(chunk.next()).isEqualTo(end);
      reader.keep(chunk);
    }
    assertThat(reader.rejected).isEmpty();
    assertAllStored(reader);
  }

  @Test
  void aPoisonPullRequestThatIsTheFirstOfASessionIsRejectedToo() throws Exception {
    Reader<PullRequest> reader = start(1);
    github.poison(repository.numbers().findFirst().orElseThrow());
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.rejected).hasSize(1);
  }

  @Test
  void anOutageIsNobodysFaultAndThePagesAreAsLargeAsBefore() throws Exception {
    Reader<PullRequest> reader = start(200);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 2) {
            github.failNext(40, 502);
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.readings).last().isEqualTo("");
  }

  @Test
  void aSpentQuotaIsWaitedForAndNeverOverdrawn() throws Exception {
    Reader<PullRequest> reader = start(SimulatedRepository.of("sim/repo", 500), 7);
    reader.run("sim/repo", Cursor.START);
    assertAllStored(reader);
    assertThat(reader.waits).isPositive();
    assertThat(github.violations()).isZero();
    assertThat(github.limited()).isZero();
  }

  @Test
  void theQuotaOfQueriesIsKnownBeforeTheFirstDecision() throws Exception {
    start(SimulatedRepository.builder("sim/repo").pullRequests(20).reviews(0).build(), 5_000);
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("sim/repo", Cursor.START)) {
      session.prepare();
      assertThat(session.quota().resource()).isEqualTo("graphql");
      assertThat(session.total().count()).isEqualTo(20);
      long before = github.requests();
      assertThat(session.next(25, 0).size()).isEqualTo(20);
      assertThat(github.requests() - before).as("the page was there").isZero();
    }
  }

  @Test
  void requirement21_aRenameDuringTheRunGoesOnWithTheSameCursorAndTellsTheNewName()
      throws Exception {
    Reader<PullRequest> reader = start(300);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 2) {
            repository.renameTo("sim/renamed");
          }
        };
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.stored).hasSize(300);
    assertThat(new ArrayList<>(reader.stored.values()).get(299).repository().fullName())
        .isEqualTo("sim/renamed");
  }

  @Test
  void requirement21_theSameNameWithAnotherNumberStopsAndMixesNothing() throws Exception {
    Reader<PullRequest> reader = start(300);
    int[] chunks = {0};
    reader.betweenChunks =
        () -> {
          if (++chunks[0] == 2) {
            github.replace(
                SimulatedRepository.builder("sim/repo").id(4242).pullRequests(300).build());
          }
        };
    assertThatThrownBy(() -> reader.run("sim/repo", Cursor.START))
        .isInstanceOf(PermanentFailureException.class)
        .extracting(e -> ((PermanentFailureException) e).reason())
        .isEqualTo(Reason.IDENTITY_CHANGED);
    assertThat(reader.stored.values())
        .allMatch(item -> item.repository().id() == repository.repository().id());
  }

  @Test
  void aHistoryThatWasBegunByQueriesNeedsATokenToTheEnd() throws Exception {
    start(100);
    Cursor cursor;
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("sim/repo", Cursor.START)) {
      cursor = session.next(25, 0).next();
    }
    try (GitHub anonymous = client(null)) {
      PullSource<PullRequest> source = anonymous.pullRequests(ALL);
      assertThatThrownBy(() -> source.open("sim/repo", cursor))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("GITHUB_TOKEN");
      assertThatThrownBy(() -> anonymous.pullRequests(ALL, GitHubTransport.GRAPHQL))
          .isInstanceOf(InvalidConfigurationException.class);
    }
    assertThat(source(GitHubTransport.REST).canResume(cursor)).as("read again by REST").isFalse();
    assertThat(source(GitHubTransport.AUTO).canResume(cursor)).isTrue();
  }

  @Test
  void aHistoryThatWasBegunByRestIsReadToItsEndByRestUnlessSomebodyChooses() throws Exception {
    Reader<PullRequest> reader = start(230);
    Cursor cursor;
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.REST).open("sim/repo", Cursor.START)) {
      Chunk<PullRequest> chunk = session.next(120, 0);
      reader.keep(chunk);
      cursor = chunk.next();
    }
    assertThat(source(GitHubTransport.GRAPHQL).canResume(cursor)).isFalse();
    Cursor end = reader.run("sim/repo", cursor);
    assertAllStored(reader);
    assertThat(github.requests(Endpoint.GRAPHQL)).isZero();
    assertThat(source(GitHubTransport.GRAPHQL).canResume(end)).as("nothing is left").isTrue();
  }

  @Test
  void severalPullRequestsThatQueriesDoNotNameAreEachFound() throws Exception {
    Reader<PullRequest> reader = start(120);
    List<Integer> numbers = repository.numbers().boxed().toList();
    List.of(0, 30, 31, 60, 119).forEach(i -> github.brokenNode(numbers.get(i)));
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.rejected.size() + reader.stored.size()).isEqualTo(120);
    assertAllStored(reader);
    assertThat(reader.rejected).as("the first one has no neighbour before it").isEmpty();
  }

  @Test
  void aPullRequestThatQueriesDoNotNameIsFoundByASessionThatBeginsThere() throws Exception {
    Reader<PullRequest> reader = start(120);
    int number = repository.numbers().skip(50).findFirst().orElseThrow();
    github.brokenNode(number);
    Cursor cursor;
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("sim/repo", Cursor.START)) {
      Chunk<PullRequest> chunk = session.next(25, 0);
      reader.keep(chunk);
      chunk = session.next(25, 0);
      reader.keep(chunk);
      cursor = chunk.next();
    }
    assertThat(reader.stored).hasSize(50);
    reader.run("sim/repo", cursor);
    assertThat(reader.stored).hasSize(120);
    assertAllStored(reader);
  }

  @Test
  void aPullRequestThatQueriesCannotBringDuringTheCatchUpIsReadByRest() throws Exception {
    Reader<PullRequest> reader = start(120);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofDays(1));
    List<Integer> numbers = repository.numbers().boxed().toList();
    List.of(3, 7, 100).forEach(i -> repository.touch(numbers.get(i)));
    github.brokenNode(numbers.get(7));
    time.advance(Duration.ofHours(1));
    long before = github.requests();
    reader.run("sim/repo", end);
    assertAllStored(reader);
    assertThat(reader.rejected).isEmpty();
    assertThat(github.requests() - before).as("only what changed").isLessThan(30);
  }

  /** Each session would else begin the pass again and come no further than the one before it. */
  @Test
  void aCatchUpThatGoesOnByRestGoesOnThereInTheNextSession() throws Exception {
    Reader<PullRequest> reader = start(260);
    Cursor cursor = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(3));
    List<Integer> numbers = repository.numbers().boxed().toList();
    numbers.subList(100, 250).forEach(repository::touch);
    github.brokenNode(numbers.get(240));
    int sessions = 0;
    for (boolean last = false; !last; sessions++) {
      assertThat(sessions).isLessThan(20);
      try (SourceSession<PullRequest> session =
          source(GitHubTransport.AUTO).open("sim/repo", cursor)) {
        for (int chunk = 0; chunk < 3 && !last; chunk++) {
          Chunk<PullRequest> next = session.next(20, 0);
          reader.keep(next);
          cursor = next.next();
          last = next.last();
        }
      }
    }
    assertAllStored(reader);
    assertThat(reader.arrivedInCatchUp).isLessThan(2 * 160);
  }
}
