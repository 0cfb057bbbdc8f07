package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.QueryAnswers.NOTHING;
import static dev.backfill.github.QueryAnswers.answer;
import static dev.backfill.github.QueryAnswers.connection;
import static dev.backfill.github.QueryAnswers.edge;
import static dev.backfill.github.QueryAnswers.edges;
import static dev.backfill.github.QueryAnswers.error;
import static dev.backfill.github.QueryAnswers.errorJson;
import static dev.backfill.github.QueryAnswers.node;
import static dev.backfill.github.QueryAnswers.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.RateLimitedException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.source.SourceSession;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What each answer to a query means. Every kind of limit is in {@link LimitRequirementsTest}, whole
 * histories are in {@link GraphQlRunTest}.
 */
@Timeout(60)
class QueryAnswerTableTest {

  private static final String LIST_PATH = "\"repository\",\"pullRequests\"";

  /** Pages of 25, 12, 6, 3 and 1, and the number alone. */
  private static final int MAX_QUERIES = 6;

  private final QueryAnswers github = new QueryAnswers();

  @AfterEach
  void close() {
    github.close();
  }

  static Stream<Arguments> refusals() {
    return Stream.of(
        Arguments.of(
            "NOT_FOUND",
            error("NOT_FOUND", "Could not resolve to a Repository", "\"repository\""),
            Reason.NOT_FOUND,
            "check the name and what the token may read"),
        Arguments.of(
            "FORBIDDEN",
            error("FORBIDDEN", "Resource not accessible by integration", "\"repository\""),
            Reason.FORBIDDEN,
            "Give it the permission, set another token"),
        Arguments.of(
            "INSUFFICIENT_SCOPES",
            error("INSUFFICIENT_SCOPES", "Your token has not been granted", ""),
            Reason.FORBIDDEN,
            "Give it the permission, set another token"),
        Arguments.of(
            "INVALID_CURSOR_ARGUMENTS",
            error("INVALID_CURSOR_ARGUMENTS", "does not appear to be a valid cursor", LIST_PATH),
            Reason.INVALID_REQUEST,
            "Trying again does not help"),
        Arguments.of(
            "401",
            status(401, "Bad credentials"),
            Reason.BAD_CREDENTIALS,
            "Set a valid one (GITHUB_TOKEN)"),
        Arguments.of(
            "403", status(403, "Must have rights"), Reason.FORBIDDEN, "Give it the permission"),
        Arguments.of(
            "another repository under the name",
            ok(answer("{\"cost\":1}", "42", "o/r", edges(1, 3), false, "")),
            Reason.IDENTITY_CHANGED,
            "backfill reload"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void requirement22_aRefusalIsPermanentSaysWhatToDoAndIsNotTriedAgain(
      String name, ResponseDefinitionBuilder answer, Reason reason, String advice) {
    github.page(null, answer);
    Throwable failure = failure();
    assertThat(failure)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining(advice)
        .hasMessageNotContaining(Stub.TOKEN);
    assertThat(((PermanentFailureException) failure).reason()).isEqualTo(reason);
    assertThat(github.queries()).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "200 | RATE_LIMITED | -  | 60",
        "200 | RATE_LIMITED | 37 | 37",
        "200 | RATE_LIMIT   | -  | 60",
        "200 | RATE_LIMIT   | 37 | 37",
        "403 | -            | -  | 60",
        "403 | -            | 37 | 37"
      })
  void aLimitIsToldWithItsTimeAndNoSmallerPageIsTried(
      int status, String type, String retryAfter, int seconds) {
    ResponseDefinitionBuilder answer =
        type == null
            ? status(status, "You have exceeded a secondary rate limit")
            : error(type, "API rate limit already exceeded", "");
    github.page(null, retryAfter == null ? answer : answer.withHeader("Retry-After", retryAfter));
    Instant start = github.github.time.now();
    Throwable failure = failure();
    assertThat(failure)
        .isInstanceOf(RateLimitedException.class)
        .hasMessageContaining("Stored items stay");
    RateLimitedException limit = (RateLimitedException) failure;
    assertThat(limit).matches(RateLimitedException::isSecondary);
    assertThat(Duration.between(start, limit.until()).toSeconds()).isBetween(seconds + 0L, 66L);
    assertThat(github.queries()).isEqualTo(1);
  }

  static Stream<Arguments> troubles() {
    String html = "<html>Unicorn!</html>";
    String whole = connection(edges(1, 3), false);
    return Stream.of(
        Arguments.of("502, HTML", aResponse().withStatus(502).withBody(html)),
        Arguments.of("504", status(504, "We couldn't respond to your request in time")),
        Arguments.of("200, HTML", ok(html).withHeader("Content-Type", "text/html")),
        Arguments.of("200, nothing", ok("")),
        Arguments.of("200, a list", ok("[]")),
        Arguments.of("200, no data", ok("{}")),
        Arguments.of("200, data is null", ok("{\"data\":null}")),
        Arguments.of("truncated", ok(whole.substring(0, whole.length() / 2))),
        Arguments.of("no connection", ok("{\"data\":{\"repository\":{}}}")),
        Arguments.of(
            "an error of no type",
            error(
                "",
                "Something went wrong while executing your query. Please include `AB12:34`",
                "")),
        Arguments.of(
            "RESOURCE_LIMITS_EXCEEDED, all is null",
            error(
                "RESOURCE_LIMITS_EXCEEDED", "Resource limits for this query exceeded.", LIST_PATH)),
        Arguments.of("nothing now and more later", ok(connection("", true))),
        Arguments.of(
            "an edge without a cursor", ok(connection("{\"node\":" + node(1, "") + "}", false))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void aTroubleIsTransientAfterTheSmallestPageAndTheSessionGoesOnAfterIt(
      String name, ResponseDefinitionBuilder answer) throws Exception {
    github.page(null, answer);
    try (SourceSession<PullRequest> session = github.open()) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("Stored items stay. Trying again is safe")
          .hasMessageNotContaining("Unicorn");
      assertThat(github.queries()).isLessThanOrEqualTo(MAX_QUERIES);
      github.page(null, ok(connection(edges(1, 3), false)));
      assertThat(Stub.numbers(session.next(10, 0))).containsExactly(1, 2, 3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"empty", "repeated"})
  void aLaterPageThatLeadsNowhereIsNotAskedForForEver(String kind) throws Exception {
    github.page(null, ok(connection(edges(1, 1), true)));
    github.page("c1", ok(connection(kind.equals("empty") ? "" : edges(1, 1), true)));
    try (SourceSession<PullRequest> session = github.open()) {
      assertThat(Stub.numbers(session.next(10, 0))).containsExactly(1);
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class);
      assertThat(github.queries()).isLessThanOrEqualTo(1 + MAX_QUERIES);
      github.page("c1", ok(connection(edges(2, 3), false)));
      assertThat(Stub.numbers(session.next(10, 0))).containsExactly(2, 3);
    }
  }

  static Stream<Arguments> goodAnswers() {
    String two = edges(1, 1) + "," + edge(2, "null") + "," + edges(3, 3);
    String path = LIST_PATH + ",\"edges\",1,\"node\"";
    return Stream.of(
        Arguments.of("rateLimit is null", answer("null", "null", "o/r", edges(1, 3), false, "")),
        Arguments.of(
            "a node is null",
            answer(
                "{\"cost\":1}",
                "null",
                "o/r",
                two,
                false,
                "[" + errorJson("NOT_FOUND", "Could not resolve", path) + "]")),
        Arguments.of(
            "a node is null for its size",
            answer(
                "{\"cost\":1}",
                "null",
                "o/r",
                two,
                false,
                "[" + errorJson("RESOURCE_LIMITS_EXCEEDED", "Resource limits", path) + "]")),
        Arguments.of(
            "an edge without a cursor",
            connection(edges(1, 1) + ",{\"node\":" + node(2, "") + "}", false)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodAnswers")
  void requirement16_whatIsThereIsTakenAndTheRestIsAskedForAgain(String name, String answer)
      throws Exception {
    github.page(null, ok(answer));
    github.page("c1", ok(connection(edges(2, 3), false)));
    github.single("c1", ok(connection(edges(2, 2), true)));
    github.page("c2", ok(connection(edges(3, 3), false)));
    Reader<PullRequest> reader = github.read();
    assertThat(reader.stored.keySet()).containsExactly("1", "2", "3");
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.failures).isZero();
    PullRequest second = reader.stored.get("2");
    assertThat(second.githubId()).isEqualTo(5_000_000_002L);
    assertThat(second.body()).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"fullDatabaseId\":null",
        "\"fullDatabaseId\":\"99999999999999999999\"",
        "\"state\":\"AJAR\"",
        "\"createdAt\":\"yesterday\"",
        "\"title\":null"
      })
  void aNodeThatCannotBeUnderstoodIsReadByRest(String field) throws Exception {
    // The last of two fields of the same name counts.
    github.page(
        null,
        ok(
            connection(
                edges(1, 1) + "," + edge(2, node(2, "," + field)) + "," + edges(3, 3), false)));
    github.github.detailsByNumber(2);
    Reader<PullRequest> reader = github.read();
    assertThat(reader.stored.keySet()).containsExactly("1", "2", "3");
    assertThat(github.github.requests(Stub.byNumber("/pulls/2"))).isEqualTo(1);
  }

  @Test
  void requirement16_aNodeThatIsNullAloneTooIsReadByRest() throws Exception {
    github.page(null, ok(connection(edges(1, 1) + "," + edge(2, "null"), false)));
    github.page("c1", ok(connection(edge(2, "null"), false)));
    github.number("c1", ok(connection(edge(2, "{\"number\":2}"), false)));
    github.github.detailsByNumber(2);
    Reader<PullRequest> reader = github.read();
    assertThat(reader.stored.keySet()).containsExactly("1", "2");
    assertThat(github.github.requests(Stub.byNumber("/pulls/2"))).isEqualTo(1);
  }

  @Test
  void requirement20_aDeletedAuthorIsNobody() throws Exception {
    String reviews =
        ",\"author\":null,\"reviews\":{\"pageInfo\":{\"hasNextPage\":false},\"nodes\":["
            + review(1)
            + "]}";
    github.page(null, ok(connection(edge(1, node(1, reviews)), false)));
    PullRequest read = github.read(PullRequestExtra.REVIEWS).stored.get("1");
    assertThat(read.author()).isNull();
    assertThat(read.reviews()).extracting(Review::author).containsOnlyNulls();
  }

  @Test
  void requirement21_anotherNameOfTheSameRepositoryIsTakenOver() throws Exception {
    github.github.answer(
        "/repositories/" + Stub.REPOSITORY_ID,
        Stub.ok(Stub.repositoryJson("new/name", Stub.REPOSITORY_ID)));
    github.github.repository("new/name", Stub.REPOSITORY_ID);
    github.page(null, ok(answer("{\"cost\":1}", "null", "new/name", edges(1, 3), false, "")));
    try (SourceSession<PullRequest> session = github.open()) {
      assertThat(session.next(10, 0).items())
          .hasSize(3)
          .allSatisfy(
              item -> {
                assertThat(item.repository().fullName()).isEqualTo("new/name");
                assertThat(item.repository().id()).isEqualTo(Stub.REPOSITORY_ID);
              });
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"r1", ""})
  void requirement17_aListOfReviewsThatDoesNotMoveOnIsReadByRest(String endCursor)
      throws Exception {
    String more = "\"pageInfo\":{\"hasNextPage\":true,\"endCursor\":\"%s\"}";
    github.page(
        null,
        ok(
            connection(
                edge(
                    1,
                    node(
                        1,
                        ",\"reviews\":{"
                            + more.formatted("r1")
                            + ",\"nodes\":["
                            + review(1)
                            + "]}")),
                false)));
    github.reviews(
        ok(
            ("{\"data\":{\"repository\":{\"databaseId\":null,\"nameWithOwner\":\"o/r\","
                    + "\"pullRequest\":{\"reviews\":{%s,\"nodes\":[%s]}}}}}")
                .formatted(more.formatted(endCursor), review(2))));
    github.github.answer(
        Stub.byNumber("/pulls/1/reviews?per_page=100"), Stub.ok(Stub.reviews(1, 3)));
    Reader<PullRequest> reader = github.read(PullRequestExtra.REVIEWS);
    assertThat(reader.stored.get("1").reviews())
        .extracting(Review::githubId)
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void aRepositoryWithoutPullRequestsIsACompleteHistory() throws Exception {
    github.page(null, ok(NOTHING));
    assertThat(github.read().stored).isEmpty();
  }

  private static String review(long id) {
    return ("{\"fullDatabaseId\":\"%d\",\"state\":\"APPROVED\",\"submittedAt\":null,\"body\":\"\","
            + "\"author\":null,\"commit\":null}")
        .formatted(id);
  }

  private Throwable failure() {
    try (SourceSession<PullRequest> session = github.open()) {
      return catchThrowable(() -> session.next(10, 0));
    }
  }

  @Test
  void aListThatIsMissingIsNotTakenForTheEnd() throws Exception {
    String cut =
        connection("", false).replace("\"edges\":[]", "\"edges\":null").replaceFirst("}$", "")
            + ",\"errors\":["
            + errorJson("RESOURCE_LIMITS_EXCEEDED", "Resource limits", LIST_PATH + ",\"edges\"")
            + "]}";
    github.page(null, ok(cut));
    assertThat(failure()).isInstanceOf(TransientFailureException.class);
    assertThat(github.queries()).isLessThanOrEqualTo(MAX_QUERIES);
  }

  @Test
  void anItemThatLacksAPartIsReadByRestAndNotStoredAsIfItWereWhole() throws Exception {
    String path = LIST_PATH + ",\"edges\",1,\"node\",\"author\"";
    String damaged =
        edge(2, node(2, ""))
            .replace("{\"__typename\":\"User\",\"login\":\"ann\",\"databaseId\":7}", "null");
    String errors = "[" + errorJson("FORBIDDEN", "Resource protected", path) + "]";
    String page =
        answer(
            "{\"cost\":1}",
            "null",
            "o/r",
            edges(1, 1) + "," + damaged + "," + edges(3, 3),
            false,
            errors);
    github.page(null, ok(page));
    String alone =
        answer("{\"cost\":1}", "null", "o/r", damaged, true, errors.replace(",1,", ",0,"));
    github.single("c1", ok(alone));
    github.number("c1", ok(connection(edges(2, 2), true)));
    github.github.detailsByNumber(2);
    Reader<PullRequest> reader = github.read();
    assertThat(reader.stored.keySet()).containsExactlyInAnyOrder("1", "2", "3");
    assertThat(reader.stored.get("2").author()).isNotNull();
  }

  @Test
  void aRefusalOfTheWholeListIsPermanent() throws Exception {
    String page =
        "{\"data\":{\"repository\":{\"databaseId\":null,\"nameWithOwner\":\"o/r\","
            + "\"pullRequests\":null}},\"errors\":["
            + errorJson("FORBIDDEN", "Resource not accessible", LIST_PATH)
            + "]}";
    github.page(null, ok(page));
    assertThat(failure())
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("Give it the permission");
    assertThat(github.queries()).isEqualTo(1);
  }

  @Test
  void aServerThatDoesNotKnowAFieldIsToldApartFromOneThatIsBusy() throws Exception {
    github.page(
        null,
        ok(
            "{\"errors\":[{\"message\":\"Field 'fullDatabaseId' doesn't exist\","
                + "\"path\":[\"query PullRequests\"],"
                + "\"extensions\":{\"code\":\"undefinedField\"}}]}"));
    assertThat(failure())
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("--transport rest");
    assertThat(github.queries()).isEqualTo(1);
  }
}
