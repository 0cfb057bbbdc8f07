package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The refusal of one item, that of many, and numbers that cannot be. */
@Timeout(60)
class ItemRefusalTest {

  private final Stub github = new Stub();

  @AfterEach
  void close() {
    github.close();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of("422", status(422, "Validation Failed"), "Validation Failed"),
        Arguments.of("403", status(403, "Resource not accessible"), "Resource not accessible"),
        Arguments.of("403 without words", aResponse().withStatus(403), "403"),
        Arguments.of("451", status(451, "Repository access blocked"), "access blocked"),
        Arguments.of("400", status(400, "Problems"), "Problems"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void oneRefusedItemIsQuarantinedAndWhatTheListToldIsKept(
      String name, ResponseDefinitionBuilder refusal, String words) throws Exception {
    github.page(1, 1, 1, 5);
    range(1, 5).forEach(github::details);
    github.answer("/repos/o/r/pulls/3", refusal);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(Stub.numbers(chunk)).isEqualTo(range(1, 5));
      assertThat(chunk.items().get(2).details()).isNull();
      assertThat(chunk.items().get(3).details()).isNotNull();
      assertThat(chunk.rejected())
          .singleElement()
          .satisfies(
              item -> {
                assertThat(item.key()).isEqualTo("3");
                assertThat(item.error()).contains(words);
                assertThat(item.partial()).isTrue();
              });
      assertThat(chunk.size()).as("it counts once").isEqualTo(5);
    }
  }

  @Test
  void refusedReviewsKeepTheDetails() throws Exception {
    github.page(1, 1, 1, 2);
    range(1, 2).forEach(github::details);
    github.answer(Stub.byNumber("/pulls/1/reviews?per_page=100"), status(422, "No reviews"));
    github.answer(Stub.byNumber("/pulls/2/reviews?per_page=100"), ok("[]"));
    try (SourceSession<PullRequest> session =
        github.open(Cursor.START, PullRequestExtra.DETAILS, PullRequestExtra.REVIEWS)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.items().get(0).details()).isNotNull();
      assertThat(chunk.items().get(0).reviews()).isNull();
      assertThat(chunk.items().get(1).reviews()).isEmpty();
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("1");
    }
  }

  @Test
  void aRefusalOfAMomentIsNoQuarantine() throws Exception {
    github.page(1, 1, 1, 3);
    range(1, 3).forEach(github::details);
    String third = "/repos/o/r/pulls/3";
    github.server.stubFor(
        get(urlEqualTo(third))
            .inScenario("blip")
            .whenScenarioStateIs("Started")
            .atPriority(1)
            .willReturn(aResponse().withStatus(403))
            .willSetStateTo("over"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.rejected()).isEmpty();
      assertThat(chunk.items()).hasSize(3).allMatch(item -> item.details() != null);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 422})
  void manyRefusalsOfOneKindInARowStopTheStream(int status) throws Exception {
    github.page(1, 1, 1, 40);
    range(1, 40).forEach(github::details);
    range(11, 30).forEach(n -> github.answer("/repos/o/r/pulls/" + n, status(status, "No.")));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      session.next(10, 0);
      assertThat(session.next(9, 0).rejected()).hasSize(9);
      assertThat(catchThrowable(() -> session.next(5, 0)))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("No.");
    }
  }

  @Test
  void fewRefusalsBetweenItemsThatWorkStopNothing() throws Exception {
    github.page(1, 1, 1, 40);
    range(1, 40)
        .forEach(
            n -> {
              if (n % 10 == 0) {
                github.details(n);
              } else {
                github.answer("/repos/o/r/pulls/" + n, status(403, "No."));
              }
            });
    github.details(1);
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      Chunk<PullRequest> chunk = session.next(40, 0);
      assertThat(chunk.items()).hasSize(40);
      assertThat(chunk.rejected()).hasSize(35);
    }
  }

  @Test
  void whereNothingWorksAllRefusalsOfAChunkStopTheStream() {
    github.page(1, 1, 1, 4);
    range(1, 4).forEach(n -> github.answer("/repos/o/r/pulls/" + n, status(403, "No.")));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              e -> assertThat(e.reason()).isEqualTo(Reason.FORBIDDEN));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2147483648", "99999999999999999999", "1.5", "\"7\"", "[]"})
  void aCountThatCannotBeSpoilsItselfOnly(String number) throws Exception {
    github.page(1, 1, 1, 1);
    String details = Stub.details(1, "2020-01-02T03:04:05Z");
    github.answer(
        "/repos/o/r/pulls/1", ok(details.replace("\"additions\":1", "\"additions\":" + number)));
    try (SourceSession<PullRequest> session = github.open(Cursor.START, PullRequestExtra.DETAILS)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.rejected()).isEmpty();
      PullRequest.Details read = chunk.items().get(0).details();
      assertThat(read.additions()).isNull();
      assertThat(read.deletions()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "2147483648", "1.5", "\"7\""})
  void aQueriedCountThatCannotBeSpoilsItselfOnly(String number) throws Exception {
    QueryAnswers queries = new QueryAnswers();
    try {
      String node =
          QueryAnswers.node(
              1,
              ",\"additions\":%s,\"deletions\":2,\"changedFiles\":3,\"commits\":{\"totalCount\":4},"
                      .formatted(number)
                  + "\"comments\":{\"totalCount\":5},\"mergedBy\":null");
      queries.page(
          null, QueryAnswers.ok(QueryAnswers.connection(QueryAnswers.edge(1, node), false)));
      PullRequest.Details read = queries.read(PullRequestExtra.DETAILS).stored.get("1").details();
      assertThat(read.additions()).isNull();
      assertThat(read.commits()).isEqualTo(4);
    } finally {
      queries.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "1.5", "\"x\"", "99999999999999999999"})
  void aLinkedNumberThatCannotBeSpoilsItselfOnly(String number) throws Exception {
    github.answer(
        "/repos/o/r/pulls/comments?sort=updated&direction=asc&per_page=100",
        ok(
            ("[{'id':6000000001,'pull_request_url':'https://api.github.com/repos/o/r/pulls/12',"
                    + "'pull_request_review_id':%s,'in_reply_to_id':%s,'path':'a','body':'b',"
                    + "'user':{'id':%s,'login':'ann','type':'User'},"
                    + "'created_at':'2020-01-01T00:00:00Z','updated_at':'2020-01-01T00:00:00Z'}]")
                .replace('\'', '"')
                .formatted(number, number, number.replace("\"x\"", "-7"))));
    try (SourceSession<ReviewComment> session =
        github.client.reviewComments().open("o/r", Cursor.START)) {
      Chunk<ReviewComment> chunk = session.next(10, 0);
      assertThat(chunk.rejected()).isEmpty();
      ReviewComment comment = chunk.items().get(0);
      assertThat(comment.reviewId()).isNull();
      assertThat(comment.inReplyToId()).isNull();
      assertThat(comment.author()).isNull();
    }
  }

  @Test
  void aRefusedItemOfTheQuarantineStaysThereAndTheOthersLeaveIt() throws Exception {
    github.detailsByNumber(1);
    github.answer(Stub.byNumber("/pulls/2"), status(422, "No."));
    github.detailsByNumber(3);
    try (SourceSession<PullRequest> session =
        github
            .client
            .pullRequests(Set.of(PullRequestExtra.DETAILS))
            .openByKeys("o/r", List.of("1", "2", "3"), Cursor.START)
            .orElseThrow()) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(Stub.numbers(chunk)).containsExactly(1, 3);
      assertThat(chunk.rejected()).extracting(RejectedItem::key).containsExactly("2");
    }
  }
}
