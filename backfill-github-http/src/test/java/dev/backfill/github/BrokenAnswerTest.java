package dev.backfill.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Endpoint;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.WrongAnswer;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** An answer without the documented content is asked for again; it never counts as "nothing". */
@Timeout(60)
class BrokenAnswerTest {

  private static final Set<PullRequestExtra> ALL = EnumSet.allOf(PullRequestExtra.class);

  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(130).issueComments(2).build();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token(Stub.TOKEN)
          .quota(1_000_000, Duration.ofHours(1))
          .timeSource(time)
          .start();
  private final GitHub client =
      GitHub.builder()
          .apiUrl(github.url())
          .token(Stub.TOKEN)
          .timeSource(time)
          .detailConcurrency(1)
          .build();

  @AfterEach
  void close() {
    client.close();
    github.close();
  }

  private void wrong(Endpoint endpoint, int times, WrongAnswer how) {
    for (int i = 0; i < times; i++) {
      github.answerNext(endpoint, how);
    }
  }

  private PullSource<PullRequest> source(GitHubTransport transport) {
    return client.pullRequests(ALL, transport);
  }

  private void assertExact(Reader<PullRequest> reader) {
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.stored.values().stream().map(AsQueried::of))
        .containsExactlyInAnyOrderElementsOf(repository.pullRequests().map(AsQueried::of).toList());
  }

  @ParameterizedTest
  @CsvSource({
    "REST, REPOSITORY, EMPTY",
    "REST, REPOSITORY, OBJECT",
    "REST, PULL_REQUESTS, EMPTY",
    "REST, PULL_REQUESTS, HALF",
    "REST, PULL_REQUESTS, OBJECT",
    "REST, PULL_REQUESTS, NOTHING",
    "REST, PULL_REQUEST, EMPTY",
    "REST, PULL_REQUEST, HALF",
    "REST, PULL_REQUEST, OBJECT",
    "REST, REVIEWS, EMPTY",
    "REST, REVIEWS, HALF",
    "REST, REVIEWS, OBJECT",
    "REST, REVIEWS, NOTHING",
    "GRAPHQL, PULL_REQUESTS, EMPTY",
    "GRAPHQL, GRAPHQL, EMPTY",
    "GRAPHQL, GRAPHQL, HALF",
    "GRAPHQL, GRAPHQL, OBJECT",
    "GRAPHQL, GRAPHQL, NOTHING"
  })
  void aPullRequestIsNeverStoredFromABrokenAnswer(
      GitHubTransport transport, Endpoint endpoint, WrongAnswer how) throws Exception {
    wrong(endpoint, 2, how);
    Reader<PullRequest> reader = new Reader<>(source(transport), time);
    reader.run("sim/repo", Cursor.START);
    assertExact(reader);
  }

  @Test
  void reviewsBeyondTheFirstPageAreNotLostByOne() throws Exception {
    Reader<PullRequest> reader = new Reader<>(source(GitHubTransport.REST), time);
    int[] chunks = {0};
    Cursor end = reader.run("sim/repo", Cursor.START);
    int busy = repository.numbers().skip(2).findFirst().orElseThrow();
    time.advance(Duration.ofHours(1));
    repository.touch(busy);
    // The first, the second and the third page of its 250 reviews.
    for (WrongAnswer how : List.of(WrongAnswer.EMPTY, WrongAnswer.NOTHING, WrongAnswer.EMPTY)) {
      github.afterRequests(++chunks[0] + 1, () -> github.answerNext(Endpoint.REVIEWS, how));
    }
    reader.run("sim/repo", end);
    assertThat(reader.stored.get("" + busy).reviews()).hasSize(250);
    assertExact(reader);
  }

  @ParameterizedTest
  @EnumSource(
      value = WrongAnswer.class,
      names = {"EMPTY", "HALF", "WEB_PAGE", "OBJECT", "NOTHING"})
  void aListOfCommentsIsNeverShortened(WrongAnswer how) throws Exception {
    wrong(Endpoint.ISSUE_COMMENTS, 2, how);
    var reader = new Reader<>(client.issueComments(), time);
    reader.run("sim/repo", Cursor.START);
    assertThat(reader.stored).hasSize((int) repository.issueCommentCount());
    assertThat(reader.rejected).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = WrongAnswer.class,
      names = {"EMPTY", "HALF", "WEB_PAGE", "OBJECT", "NOTHING"})
  void aCatchUpOfCommentsIsNeverTakenFromOne(WrongAnswer how) throws Exception {
    var reader = new Reader<>(client.issueComments(), time);
    Cursor end = reader.run("sim/repo", Cursor.START);
    time.advance(Duration.ofHours(1));
    List<IssueComment> before = repository.issueComments().toList();
    before.forEach(comment -> repository.touchIssueComment(comment.githubId()));
    wrong(Endpoint.ISSUE_COMMENTS, 1, how);
    reader.run("sim/repo", end);
    assertThat(reader.stored.values())
        .as("the newest version of each")
        .containsExactlyInAnyOrderElementsOf(repository.issueComments().toList());
  }

  @ParameterizedTest
  @EnumSource(
      value = WrongAnswer.class,
      names = {"EMPTY", "HALF", "OBJECT", "NOTHING"})
  void aCountIsNeverTakenFromOne(WrongAnswer how) throws Exception {
    Cursor end = new Reader<>(source(GitHubTransport.REST), time).run("sim/repo", Cursor.START);
    try (KeyListing keys =
        source(GitHubTransport.REST).listKeys("sim/repo", end, Cursor.START).orElseThrow()) {
      wrong(Endpoint.PULL_REQUESTS, 1, how);
      assertThat(counted(keys)).isEqualTo(130);
    }
  }

  private static long counted(KeyListing keys) throws InterruptedException {
    try {
      return keys.count(0);
    } catch (TransientFailureException e) {
      return keys.count(0);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WrongAnswer.class,
      names = {"EMPTY", "HALF", "OBJECT"})
  void anItemReadAloneIsAskedForAgain(WrongAnswer how) throws Exception {
    long id = repository.issueComments().findFirst().orElseThrow().githubId();
    wrong(Endpoint.ISSUE_COMMENT, 1, how);
    try (SourceSession<?> session =
        client
            .issueComments()
            .openByKeys("sim/repo", List.of("" + id), Cursor.START)
            .orElseThrow()) {
      Chunk<?> chunk = session.next(10, 0);
      assertThat(chunk.items()).hasSize(1);
      assertThat(chunk.rejected()).isEmpty();
    }
  }
}
