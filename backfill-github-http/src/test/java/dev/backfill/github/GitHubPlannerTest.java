package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.QuotaResource;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a history is said to cost before it is read, and what it costs then. */
@Timeout(120)
class GitHubPlannerTest {

  private static final int COUNT = 2_030;

  private static final Set<PullRequestExtra> NOTHING = EnumSet.noneOf(PullRequestExtra.class);
  private static final Set<PullRequestExtra> ALL = EnumSet.allOf(PullRequestExtra.class);
  private static final Set<GitHubStream<?>> COMMENTS =
      Set.of(GitHubStream.REVIEW_COMMENTS, GitHubStream.ISSUE_COMMENTS);

  private static SimulatedRepository repository;
  private static SimulatedGitHub github;

  @BeforeAll
  static void start() {
    repository = SimulatedRepository.of("sim/repo", COUNT);
    github =
        SimulatedGitHub.builder()
            .repository(
                repository,
                SimulatedRepository.of("sim/empty", 0),
                SimulatedRepository.of("sim/one", 1),
                SimulatedRepository.builder("sim/new")
                    .pullRequests(7)
                    .formerName("sim/old")
                    .build())
            .quota(20_000, Duration.ofHours(1))
            .graphqlQuota(10_000, Duration.ofHours(1))
            .start();
  }

  @AfterAll
  static void stop() {
    github.close();
  }

  private static GitHub client() {
    return GitHub.builder().apiUrl(github.url()).token("token").build();
  }

  private static GitHub anonymous() {
    return GitHub.builder().apiUrl(github.url()).build();
  }

  @ParameterizedTest
  @CsvSource({
    "REST, false, false",
    "REST, true, false",
    "REST, true, true",
    "GRAPHQL, false, false",
    "GRAPHQL, true, true",
    "AUTO, false, false",
    "AUTO, true, true"
  })
  void requirement18_aRunCostsWhatThePlanSaid(
      GitHubTransport transport, boolean details, boolean reviews) throws Exception {
    Set<PullRequestExtra> extras = EnumSet.noneOf(PullRequestExtra.class);
    if (details) {
      extras.add(PullRequestExtra.DETAILS);
    }
    if (reviews) {
      extras.add(PullRequestExtra.REVIEWS);
    }
    RequestCost planned;
    try (GitHub client = client()) {
      planned =
          GitHubPlanner.of(client).estimate("sim/repo", extras, COMMENTS).of(transport).cost();
    }

    long requests = github.quotaSpent(QuotaResource.CORE);
    long points = github.points();
    long items;
    try (GitHub client = client()) {
      items =
          read(client.pullRequests(extras, transport))
              + read(client.reviewComments())
              + read(client.issueComments());
    }
    assertThat(items)
        .isEqualTo(COUNT + repository.reviewCommentCount() + repository.issueCommentCount());
    Percentage tolerance = Percentage.withPercentage(10);
    assertThat(github.quotaSpent(QuotaResource.CORE) - requests)
        .as("requests; planned %s", planned)
        .isCloseTo(planned.requests(), tolerance);
    assertThat(github.points() - points)
        .as("points; planned %s", planned)
        .isCloseTo(planned.points(), tolerance);
  }

  private static <T> long read(PullSource<T> source) throws InterruptedException {
    long items = 0;
    try (SourceSession<T> session = source.open("sim/repo", Cursor.START)) {
      session.prepare();
      while (true) {
        Chunk<T> chunk = session.next(50, 0);
        items += chunk.items().size();
        if (chunk.last()) {
          return items;
        }
      }
    }
  }

  @Test
  void requirement18_thePlanNamesPointsRequestsAndHours() throws Exception {
    try (GitHub client = client()) {
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, COMMENTS);
      long reviewComments = repository.reviewCommentCount();
      long issueComments = repository.issueCommentCount();
      long comments = requests(reviewComments) + requests(issueComments);

      assertThat(estimate.streams())
          .containsExactly(
              new HistoryEstimate.Stream("github:pull-requests", COUNT),
              new HistoryEstimate.Stream("github:review-comments", reviewComments),
              new HistoryEstimate.Stream("github:issue-comments", issueComments));
      assertThat(estimate.transports())
          .extracting(TransportEstimate::transport)
          .containsExactly(GitHubTransport.REST, GitHubTransport.GRAPHQL);
      TransportEstimate rest = estimate.of(GitHubTransport.REST);
      assertThat(rest.cost())
          .isEqualTo(new RequestCost(1 + requests(COUNT) + 2 * COUNT + comments, 0));
      assertThat(rest.queryTime()).isZero();
      TransportEstimate graphQl = estimate.of(GitHubTransport.GRAPHQL);
      assertThat(graphQl.cost()).isEqualTo(new RequestCost(1 + 1 + comments, 82 + 1));
      assertThat(graphQl.queries()).isEqualTo(83);
      assertThat(graphQl.queryTime()).isEqualTo(Duration.ofSeconds(249));
      long core = (rest.cost().requests() * 3_600 + 17_999) / 18_000;
      assertThat(rest.quotaTime(10)).isEqualTo(Duration.ofSeconds(core));
      assertThat(rest.quotaTime(0)).isLessThan(rest.quotaTime(10));
      assertThat(graphQl.quotaTime(10))
          .as("the scarcer of both, %s", graphQl.cost())
          .isEqualTo(
              Duration.ofSeconds(
                  Math.max(
                      (graphQl.cost().requests() * 3_600 + 17_999) / 18_000,
                      (graphQl.cost().points() * 3_600 + 8_999) / 9_000)));
      assertThat(estimate.automatic()).isEqualTo(GitHubTransport.GRAPHQL);
      assertThat(estimate.of(GitHubTransport.AUTO)).isSameAs(graphQl);
    }
  }

  /** The pages, the count where there are several, and a look at what changed. */
  private static long requests(long items) {
    return (items + 99) / 100 + (items > 100 ? 1 : 0) + 1;
  }

  @Test
  void aPlanCostsAQueryAndARequestForEachCommentStream() throws Exception {
    long requests = github.requests();
    long core = github.quotaSpent(QuotaResource.CORE);
    try (GitHub client = client()) {
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, COMMENTS);
      assertThat(github.requests() - requests).isEqualTo(3);
      assertThat(estimate.spent()).isEqualTo(new RequestCost(2, 1));
      assertThat(github.quotaSpent(QuotaResource.CORE) - core).isEqualTo(2);
    }
  }

  @Test
  void withoutCommentsTheQuotaForRestIsAskedForAndThatIsFree() throws Exception {
    long core = github.quotaSpent(QuotaResource.CORE);
    long requested = github.requests(Endpoint.RATE_LIMIT);
    try (GitHub client = client()) {
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, Set.of());
      assertThat(estimate.spent()).isEqualTo(new RequestCost(0, 1));
      assertThat(github.requests(Endpoint.RATE_LIMIT) - requested).isEqualTo(1);
      assertThat(github.quotaSpent(QuotaResource.CORE)).isEqualTo(core);
      TransportEstimate rest = estimate.of(GitHubTransport.REST);
      assertThat(rest.core()).extracting(Quota::limit).isEqualTo(20_000L);
      assertThat(rest.quotaTime(10)).isPositive();
    }
  }

  @Test
  void withoutATokenThereIsRestAlone() throws Exception {
    long queries = github.requests(Endpoint.GRAPHQL);
    try (GitHub client = anonymous()) {
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, COMMENTS);
      assertThat(github.requests(Endpoint.GRAPHQL)).isEqualTo(queries);
      assertThat(estimate.spent()).isEqualTo(new RequestCost(3, 0));
      assertThat(estimate.streams().get(0).items()).isEqualTo(COUNT);
      assertThat(estimate.transports()).hasSize(1);
      assertThat(estimate.automatic()).isEqualTo(GitHubTransport.REST);
      assertThatThrownBy(() -> estimate.of(GitHubTransport.GRAPHQL))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theListAloneGoesByRest() throws Exception {
    try (GitHub client = client()) {
      assertThat(GitHubPlanner.of(client).estimate("sim/repo", NOTHING, Set.of()).automatic())
          .isEqualTo(GitHubTransport.REST);
    }
  }

  @Test
  void anEmptyRepositoryAndOneWithASinglePullRequest() throws Exception {
    for (GitHub client : List.of(client(), anonymous())) {
      try (client) {
        GitHubPlanner planner = GitHubPlanner.of(client);
        HistoryEstimate empty = planner.estimate("sim/empty", ALL, COMMENTS);
        assertThat(empty.streams()).extracting(HistoryEstimate.Stream::items).containsOnly(0L);
        assertThat(empty.of(GitHubTransport.REST).cost())
            .as("a look-up, and for each stream a page and a catch-up")
            .isEqualTo(new RequestCost(7, 0));
        assertThat(planner.estimate("sim/one", ALL, Set.of()).streams())
            .extracting(HistoryEstimate.Stream::items)
            .containsOnly(1L);
      }
    }
  }

  @Test
  void aCountAtAPageCapIsNotBelieved() throws Exception {
    SimulatedRepository large =
        SimulatedRepository.builder("sim/large").pullRequests(1_000).issueComments(2).build();
    try (SimulatedGitHub capped = SimulatedGitHub.builder().repository(large).start();
        GitHub client = GitHub.builder().apiUrl(capped.url()).token("token").build()) {
      capped.capList(Endpoint.ISSUE_COMMENTS, 1_000);
      assertThat(GitHubPlanner.of(client).estimate("sim/large", ALL, COMMENTS).streams())
          .contains(
              new HistoryEstimate.Stream("github:pull-requests", 1_000),
              new HistoryEstimate.Stream("github:issue-comments", 1_000, true, null));
    }
    try (SimulatedGitHub capped = SimulatedGitHub.builder().repository(large).start();
        GitHub client = GitHub.builder().apiUrl(capped.url()).build()) {
      assertThat(GitHubPlanner.of(client).estimate("sim/large", ALL, Set.of()).streams())
          .as("a whole number of pages is no cap by itself")
          .containsExactly(new HistoryEstimate.Stream("github:pull-requests", 1_000));
      capped.capList(Endpoint.PULL_REQUESTS, 1_000);
      assertThat(GitHubPlanner.of(client).estimate("sim/large", ALL, Set.of()).streams())
          .containsExactly(new HistoryEstimate.Stream("github:pull-requests", 1_000, true, null));
    }
  }

  @Test
  void aRenamedRepositoryIsCountedUnderItsPresentName() throws Exception {
    try (GitHub client = client()) {
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/old", ALL, COMMENTS);
      assertThat(estimate.repository()).isEqualTo("sim/new");
      assertThat(estimate.streams().get(0).items()).isEqualTo(7);
      assertThat(estimate.spent()).isEqualTo(new RequestCost(2, 1));
    }
    try (GitHub client = anonymous()) {
      assertThat(
              GitHubPlanner.of(client).estimate("sim/old", ALL, Set.of()).streams().get(0).items())
          .isEqualTo(7);
    }
  }

  @Test
  void whatCannotBeReadIsSaidAsARunSaysIt() throws Exception {
    for (GitHub client : List.of(client(), anonymous())) {
      try (client) {
        GitHubPlanner planner = GitHubPlanner.of(client);
        assertThatThrownBy(() -> planner.estimate("sim/missing", ALL, COMMENTS))
            .isInstanceOf(PermanentFailureException.class)
            .hasMessageContainingAll("sim/missing", "404", "check the name");
        assertThatThrownBy(() -> planner.estimate("sim", ALL, COMMENTS))
            .isInstanceOf(InvalidConfigurationException.class);
      }
    }
  }

  @Test
  void aQueryThatFailsIsReplacedByARequest() throws Exception {
    try (GitHub client = client()) {
      github.failNext(1, 502);
      HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, Set.of());
      assertThat(estimate.streams().get(0).items()).isEqualTo(COUNT);
      assertThat(estimate.spent().requests()).isEqualTo(1);
    }
  }

  @Test
  void aLimitIsToldAtOnce() throws Exception {
    try (SimulatedGitHub small =
            SimulatedGitHub.builder()
                .repository(SimulatedRepository.of("sim/repo", 5))
                .quota(1, Duration.ofHours(1))
                .start();
        GitHub client = GitHub.builder().apiUrl(small.url()).build()) {
      assertThatThrownBy(() -> GitHubPlanner.of(client).estimate("sim/repo", ALL, COMMENTS))
          .isInstanceOfSatisfying(
              RateLimitedException.class, e -> assertThat(e.until()).isAfter(Instant.EPOCH));
      assertThat(small.limited()).isZero();
    }
  }

  @Test
  void whereNothingIsLimitedTheQuotaTakesNoTime() throws Exception {
    for (SimulatedGitHub.Builder builder :
        List.of(
            SimulatedGitHub.builder().withoutLimits(),
            SimulatedGitHub.builder().withZeroLimits())) {
      try (SimulatedGitHub server =
              builder.repository(SimulatedRepository.of("sim/repo", 60)).start();
          GitHub client = GitHub.builder().apiUrl(server.url()).token("token").build()) {
        HistoryEstimate estimate = GitHubPlanner.of(client).estimate("sim/repo", ALL, Set.of());
        for (TransportEstimate transport : estimate.transports()) {
          assertThat(transport.core()).isNull();
          assertThat(transport.quotaTime(10)).isZero();
        }
      }
    }
  }

  @Test
  void aReserveIsFrom0To99Percent() throws Exception {
    try (GitHub client = client()) {
      TransportEstimate rest =
          GitHubPlanner.of(client).estimate("sim/repo", NOTHING, Set.of()).of(GitHubTransport.REST);
      for (int percent : List.of(-1, 100)) {
        assertThatThrownBy(() -> rest.quotaTime(percent))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }
}
