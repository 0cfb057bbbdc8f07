package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Completeness;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.KeyListing;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import dev.backfill.api.source.Total;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A repository whose pull requests or issues are switched off is there, and its history is whole.
 */
@Timeout(60)
class FeatureSwitchTest {

  private static final String PULLS_OFF =
      "Pull requests are switched off at GitHub; items that were stored before stay";

  private final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN));

  @BeforeEach
  void nothingElseIsThere() {
    for (String path : new String[] {"/pulls", "/issues/comments"}) {
      all(path, status(404, "Not Found"));
    }
  }

  @AfterEach
  void close() {
    github.close();
  }

  /** Every request for a list. */
  private void all(String path, ResponseDefinitionBuilder answer) {
    github.server.stubFor(
        get(urlMatching("/(repos/o/r|repositories/" + Stub.REPOSITORY_ID + ")" + path + ".*"))
            .atPriority(6)
            .willReturn(answer));
  }

  private void repository(boolean pullRequests, boolean issues) {
    String json =
        Stub.repositoryJson("o/r", Stub.REPOSITORY_ID)
            .replaceFirst(
                "}}$",
                "},\"has_pull_requests\":%s,\"has_issues\":%s}".formatted(pullRequests, issues));
    github.answer("/repos/o/r", ok(json));
    github.answer("/repositories/" + Stub.REPOSITORY_ID, ok(json));
  }

  private void assertOff(PullSource<?> source, String note) throws InterruptedException {
    try (SourceSession<?> session = source.open("o/r", Cursor.START)) {
      session.prepare();
      Chunk<?> chunk = session.next(10, 0);
      assertThat(chunk.items()).isEmpty();
      assertThat(chunk.rejected()).isEmpty();
      assertThat(chunk.last()).isTrue();
      assertThat(chunk.next()).isNotEqualTo(Cursor.START);
      assertThat(session.completeness()).isEqualTo(Completeness.unavailable(note));
      assertThat(session.total()).isEqualTo(Total.exact(0));
      try (KeyListing listing = source.listKeys("o/r", chunk.next(), Cursor.START).orElseThrow()) {
        assertThat(listing.count(0)).isZero();
        Chunk<String> page = listing.next(0);
        assertThat(page.items()).isEmpty();
        assertThat(page.last()).isTrue();
        assertThat(listing.completeness()).isEqualTo(Completeness.unavailable(note));
      }
    }
  }

  @Test
  void pullRequestsThatAreSwitchedOffAreAWholeHistory() throws Exception {
    repository(false, true);
    for (GitHubTransport transport : GitHubTransport.values()) {
      assertOff(github.client.pullRequests(Set.of(PullRequestExtra.DETAILS), transport), PULLS_OFF);
    }
    assertOff(github.client.reviewComments(), PULLS_OFF);
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 410})
  void issuesThatAreSwitchedOffAreAWholeHistory(int status) throws Exception {
    all("/issues/comments", status(status, "Issues are disabled for this repo"));
    repository(true, false);
    assertOff(
        github.client.issueComments(),
        "Issues are switched off at GitHub; items that were stored before stay");
  }

  /** A server of an older release does not say what a repository has. */
  @Test
  void aRefusalThatNamesTheFeatureIsEnough() throws Exception {
    all("/issues/comments", status(410, "Issues are disabled for this repo"));
    assertOff(
        github.client.issueComments(),
        "Issues are switched off at GitHub; items that were stored before stay");
  }

  @Test
  void aListThatIsRefusedWhileItsFeatureIsOnStaysAFailure() throws Exception {
    repository(true, true);
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.NOT_FOUND));
    }
  }

  @Test
  void aRepositoryThatIsGoneStaysAFailure() throws Exception {
    github.answer("/repositories/" + Stub.REPOSITORY_ID, status(404, "Not Found"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(PermanentFailureException.class);
    }
  }

  @Test
  void whatIsSwitchedOnAgainIsReadFromWhereItWas() throws Exception {
    repository(false, true);
    Cursor cursor;
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      cursor = session.next(10, 0).next();
    }
    repository(true, true);
    all("/pulls\\?", ok("[]"));
    github.page(1, 1, 1, 3);
    try (SourceSession<PullRequest> session = github.open(cursor)) {
      assertThat(numbers(session.next(10, 0))).isEqualTo(range(1, 3));
      assertThat(session.completeness()).isEqualTo(Completeness.WHOLE);
    }
  }

  @Test
  void detailsOfAFeatureThatWasSwitchedOffAreNoQuarantine() throws Exception {
    github.page(1, 1, 1, 3);
    repository(false, true);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.rejected()).isEmpty();
      assertThat(chunk.items()).isEmpty();
      assertThat(chunk.last()).isTrue();
      assertThat(session.completeness().note()).isEqualTo(PULLS_OFF);
    }
  }

  @Test
  void aPlanCountsNothingOfWhatIsSwitchedOff() throws Exception {
    repository(false, false);
    github.server.stubFor(post("/graphql").willReturn(ok("{\"data\":{\"repository\":null}}")));
    HistoryEstimate estimate =
        GitHubPlanner.of(github.client)
            .estimate(
                "o/r", Set.of(), Set.of(GitHubStream.REVIEW_COMMENTS, GitHubStream.ISSUE_COMMENTS));
    assertThat(estimate.streams())
        .hasSize(3)
        .allSatisfy(
            stream -> {
              assertThat(stream.items()).isZero();
              assertThat(stream.note()).contains("switched off");
            });
  }
}
