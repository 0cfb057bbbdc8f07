package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What cannot be read behind a page cap is read in another way, or named as a gap. */
@Timeout(120)
class PageCapTest {

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(430).reviews(0).build();
  private final List<Integer> numbers = repository.numbers().boxed().toList();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private GitHub client =
      GitHub.builder().apiUrl(github.url()).token(Stub.TOKEN).timeSource(time).build();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private PullSource<PullRequest> pullRequests(GitHubTransport transport) {
    return client.pullRequests(Set.of(), transport);
  }

  /** Reads to the end, in sessions of a few chunks, and returns what the last session says. */
  private <T> Completeness read(Reader<T> reader, PullSource<T> source, Cursor from)
      throws InterruptedException {
    Cursor cursor = from;
    while (true) {
      try (SourceSession<T> session = source.open("sim/repo", cursor)) {
        for (int chunks = 0; chunks < 5; chunks++) {
          Chunk<T> chunk = next(session);
          reader.keep(chunk);
          cursor = chunk.next();
          if (chunk.last()) {
            end = cursor;
            return session.completeness();
          }
        }
      }
    }
  }

  /** What fails for a moment is asked for again. */
  private static <T> Chunk<T> next(SourceSession<T> session) throws InterruptedException {
    try {
      return session.next(50, 0);
    } catch (TransientFailureException e) {
      return session.next(50, 0);
    }
  }

  private Cursor end = Cursor.START;

  @Test
  void pullRequestsBehindACapContinueByGraphQl() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 200);
    Reader<PullRequest> reader = new Reader<>(pullRequests(GitHubTransport.AUTO), time);
    Completeness read = read(reader, pullRequests(GitHubTransport.AUTO), Cursor.START);
    assertThat(reader.stored).hasSize(430);
    assertThat(read).isEqualTo(Completeness.WHOLE);
    assertThat(reader.arrivedInHistory).as("nothing is counted twice").isEqualTo(200);
  }

  @Test
  void whereQueriesAreRefusedTooTheGapIsNamed() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 200);
    github.graphqlRefuses(404);
    PullSource<PullRequest> source = pullRequests(GitHubTransport.AUTO);
    Reader<PullRequest> reader = new Reader<>(source, time);
    Completeness read = read(reader, source, Cursor.START);
    assertThat(reader.stored).hasSizeBetween(200, 400);
    assertThat(read.gaps()).isTrue();
    assertThat(read.note()).contains("/pulls", "page cap");
    assertThat(github.requests()).as("nothing is asked for ever").isLessThan(60);
  }

  /** Queries that name no pull request are as good as none. */
  @Test
  void whereNoPullRequestCanBeQueriedTheReadingEndsWithAGap() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 200);
    numbers.forEach(github::brokenNode);
    PullSource<PullRequest> source = pullRequests(GitHubTransport.AUTO);
    Reader<PullRequest> reader = new Reader<>(source, time);
    read(reader, source, Cursor.START);
    edit(numbers);
    long before = github.requests();
    Completeness caughtUp = read(reader, source, end);
    assertThat(caughtUp.gaps()).isTrue();
    assertThat(github.requests() - before).as("nothing is asked for ever").isLessThan(120);
  }

  @ParameterizedTest
  @EnumSource(
      value = GitHubTransport.class,
      names = {"AUTO", "GRAPHQL"})
  void aNodeThatIsBrokenForAMomentLeavesNoGapInACatchUp(GitHubTransport transport)
      throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 200);
    PullSource<PullRequest> source = pullRequests(transport);
    Reader<PullRequest> reader = new Reader<>(source, time);
    read(reader, source, Cursor.START);
    edit(numbers);
    int broken = numbers.get(0);
    github.brokenNode(broken);
    Cursor cursor = end;
    Completeness caughtUp = null;
    while (caughtUp == null) {
      try (SourceSession<PullRequest> session = source.open("sim/repo", cursor)) {
        for (int chunks = 0; chunks < 3 && caughtUp == null; chunks++) {
          Chunk<PullRequest> chunk = next(session);
          reader.keep(chunk);
          cursor = chunk.next();
          if (cursor
              .value()
              .contains("/pulls?state=all&sort=updated&direction=desc&per_page=100")) {
            github.heal(broken);
          }
          caughtUp = chunk.last() ? session.completeness() : null;
        }
      }
    }
    assertThat(caughtUp).isEqualTo(Completeness.WHOLE);
    assertThat(cursor.value()).as("what is over is forgotten").doesNotContain("caps");
    repository
        .pullRequests()
        .forEach(
            item ->
                assertThat(times(reader.stored.get(String.valueOf(item.number()))))
                    .isEqualTo(times(item)));
  }

  private void edit(List<Integer> changed) {
    time.advance(Duration.ofHours(1));
    changed.forEach(repository::touch);
    time.advance(Duration.ofHours(1));
  }

  @Test
  void pullRequestsByRestAloneEndWithGapsBehindACap() throws Exception {
    github.capList(Endpoint.PULL_REQUESTS, 200);
    PullSource<PullRequest> source = pullRequests(GitHubTransport.REST);
    Reader<PullRequest> reader = new Reader<>(source, time);
    Completeness read = read(reader, source, Cursor.START);
    assertThat(reader.stored).hasSize(200);
    assertThat(read.gaps()).isTrue();
    assertThat(read.note()).contains("/pulls", "page cap", "graphql");
    time.advance(Duration.ofDays(1));
    assertThat(read(reader, source, end)).as("also later").isEqualTo(read);
  }

  /** As where the links name pages that GitHub then refuses. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRefusedPageIsNoFailureOfTheStream(boolean hasToken) throws Exception {
    github.limitPages(3);
    if (!hasToken) {
      client.close();
      client = GitHub.builder().apiUrl(github.url()).timeSource(time).build();
    }
    PullSource<PullRequest> source = pullRequests(GitHubTransport.AUTO);
    Reader<PullRequest> reader = new Reader<>(source, time);
    Completeness read = read(reader, source, Cursor.START);
    assertThat(read.gaps()).isEqualTo(!hasToken);
    assertThat(reader.stored).hasSize(hasToken ? 430 : 300);
  }

  @Test
  void aFullLastPageIsNoCapWhereTheNextIsEmpty() throws Exception {
    numbers.subList(0, 30).forEach(repository::deletePullRequest);
    PullSource<PullRequest> source = pullRequests(GitHubTransport.REST);
    Reader<PullRequest> reader = new Reader<>(source, time);
    assertThat(read(reader, source, Cursor.START)).isEqualTo(Completeness.WHOLE);
    assertThat(reader.stored).hasSize(400);
  }

  @Test
  void aMomentWithMoreThanTheCapIsNamedAsAGap() throws Exception {
    for (int i = 0; i < 350; i++) {
      repository.addIssueComment(numbers.get(i));
    }
    time.advance(Duration.ofSeconds(5));
    for (int i = 0; i < 20; i++) {
      repository.addIssueComment(numbers.get(i));
    }
    time.advance(Duration.ofMinutes(10));
    github.capList(Endpoint.ISSUE_COMMENTS, 200);
    PullSource<IssueComment> source = client.issueComments();
    Reader<IssueComment> reader = new Reader<>(source, time);
    Completeness read = read(reader, source, Cursor.START);
    assertThat(read.gaps()).isTrue();
    assertThat(read.note())
        .contains("/issues/comments", time.now().minusSeconds(605).toString(), "page cap");
    assertThat(repository.issueCommentCount() - reader.stored.size())
        .as("what the cap hides of that moment, and nothing else")
        .isBetween(150L, 152L);
    time.advance(Duration.ofDays(1));
    assertThat(read(reader, source, end)).as("also later").isEqualTo(read);
  }

  private static List<Instant> times(PullRequest item) {
    return Arrays.asList(item.createdAt(), item.updatedAt(), item.closedAt(), item.mergedAt());
  }
}
