package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.containing;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.backfill.github.QueryAnswers.connection;
import static dev.backfill.github.QueryAnswers.edge;
import static dev.backfill.github.QueryAnswers.errorJson;
import static dev.backfill.github.QueryAnswers.node;
import static dev.backfill.github.QueryAnswers.ok;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.range;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.SourceSession;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries that never work are given up for the session, and REST reads the rest. */
@Timeout(60)
class QueryFallbackTest {

  private static final String DETAILS =
      ",\"additions\":1,\"deletions\":2,\"changedFiles\":3,\"commits\":{\"totalCount\":4},"
          + "\"comments\":{\"totalCount\":5},\"mergedBy\":null";

  private final QueryAnswers queries = new QueryAnswers();
  private final Stub github = queries.github;

  @AfterEach
  void close() {
    queries.close();
  }

  private PullSource<PullRequest> source(GitHubTransport transport) {
    return github.client.pullRequests(Set.of(PullRequestExtra.DETAILS), transport);
  }

  private Reader<PullRequest> read() throws InterruptedException {
    Reader<PullRequest> reader = new Reader<>(source(GitHubTransport.AUTO), github.time);
    reader.run("o/r", Cursor.START);
    return reader;
  }

  /** Every query, whatever it asks for. */
  private void allQueries(ResponseDefinitionBuilder answer) {
    github.server.stubFor(post(anyUrl()).atPriority(1).willReturn(answer));
  }

  private void rest(int last) {
    int pages = Math.max(1, (last + 99) / 100);
    for (int page = 1; page <= pages; page++) {
      github.page(page, pages, page * 100 - 99, Math.min(last, page * 100));
    }
    range(1, last)
        .forEach(
            n -> {
              github.details(n);
              github.detailsByNumber(n);
            });
  }

  private static String edges(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(n -> edge(n, node(n, DETAILS)))
        .collect(Collectors.joining(","));
  }

  private static String nulls(int count, String type, String path) {
    String edges =
        IntStream.rangeClosed(1, count)
            .mapToObj(n -> edge(n, "null"))
            .collect(Collectors.joining(","));
    String errors =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    errorJson(
                        type,
                        "Resource not accessible by personal access token",
                        path.formatted(i)))
            .collect(Collectors.joining(","));
    return QueryAnswers.answer("{\"cost\":1}", "null", "o/r", edges, false, "[" + errors + "]");
  }

  private static ResponseDefinitionBuilder unknown(String field, String... path) {
    String steps = Stream.of(path).map(s -> "\"" + s + "\"").collect(Collectors.joining(","));
    return ok(
        "{\"errors\":[{\"message\":\"Field '%s' doesn't exist on type 'PullRequest'\",\"path\":[%s],\"extensions\":{\"code\":\"undefinedField\"}}]}"
            .formatted(field, steps));
  }

  static Stream<Arguments> refusals() {
    String node = "\"repository\",\"pullRequests\",\"edges\",%d,\"node\"";
    return Stream.of(
        Arguments.of("unknown field", unknown("x", "query PullRequests"), "doesn't exist"),
        Arguments.of(
            "unknown field, far down",
            unknown(
                "fullDatabaseId",
                "query PullRequests",
                "repository",
                "pullRequests",
                "edges",
                "node",
                "fullDatabaseId"),
            "doesn't exist"),
        Arguments.of(
            "refused unread without a code",
            ok("{\"errors\":[{\"message\":\"Parse error on x\"}]}"),
            "Parse error on x"),
        Arguments.of("forbidden on every node", ok(nulls(3, "FORBIDDEN", node)), "not accessible"),
        Arguments.of(
            "forbidden in every node",
            ok(nulls(3, "FORBIDDEN", node + ",\"reviews\",\"nodes\"")),
            "not accessible"),
        Arguments.of(
            "forbidden as a whole",
            ok(
                "{\"data\":null,\"errors\":["
                    + errorJson("FORBIDDEN", "not accessible", "\"repository\",\"x\",\"y\",\"z\"")
                    + "]}"),
            "not accessible"),
        Arguments.of("404", status(404, "Not Found"), "404"),
        Arguments.of("401", status(401, "Bad credentials"), "401"),
        Arguments.of("403", status(403, "Not for this token"), "Not for this token"),
        Arguments.of("400", status(400, "Problems parsing JSON"), "Problems parsing JSON"),
        Arguments.of("410", status(410, "Gone"), "410"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void aRefusalThatRepeatsSendsTheRestOfTheSessionToRest(
      String name, ResponseDefinitionBuilder refusal, String words) throws Exception {
    rest(30);
    allQueries(refusal);

    Reader<PullRequest> reader = read();

    assertThat(reader.stored).hasSize(30);
    assertThat(reader.stored.values()).allMatch(item -> item.details() != null);
    assertThat(reader.rejected).isEmpty();
    assertThat(reader.arrivedInHistory).isEqualTo(30);
    assertThat(queries.queries()).isLessThanOrEqualTo(4);
    assertThat(reader.readings)
        .as("said once")
        .singleElement()
        .asString()
        .contains("by REST instead of queries", words)
        .doesNotContain(Stub.TOKEN);
  }

  @ParameterizedTest
  @CsvSource({"FORBIDDEN, 1", "FORBIDDEN, 2", "INTERNAL, 1", "INTERNAL, 3"})
  void aPullRequestThatNoQueryNamesIsReadByRest(String type, int count) throws Exception {
    rest(count);
    allQueries(ok(nulls(count, type, "\"repository\",\"pullRequests\",\"edges\",%d,\"node\"")));

    Reader<PullRequest> reader = read();

    assertThat(reader.rejected).as("nothing could read it again from there").isEmpty();
    assertThat(reader.stored).hasSize(count);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void theTransportGraphqlEndsWithTheReasonAndAdvice(
      String name, ResponseDefinitionBuilder refusal, String words) throws Exception {
    rest(30);
    allQueries(refusal);
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.GRAPHQL).open("o/r", Cursor.START)) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining(words)
          .hasMessageContaining("use auto or rest");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 502, 504})
  void aServerThatFailsOnEveryQueryIsReadByRestAfterAWhile(int status) throws Exception {
    rest(30);
    allQueries(aResponse().withStatus(status).withBody("<html>Unicorn!</html>"));

    Reader<PullRequest> reader = read();

    assertThat(reader.stored).hasSize(30);
    assertThat(reader.failures).as("pauses of the engine").isBetween(2, 10);
    assertThat(queries.queries()).isLessThanOrEqualTo(40);
    assertThat(reader.readings).singleElement().asString().contains(Integer.toString(status));
  }

  @ParameterizedTest
  @ValueSource(ints = {404, 502})
  void beforeTheFirstDecisionTooQueriesThatNeverWorkAreGivenUp(int status) throws Exception {
    rest(30);
    allQueries(aResponse().withStatus(status));
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("o/r", Cursor.START)) {
      for (int i = 0; i < 10 && catchThrowable(session::prepare) != null; i++) {
        assertThat(session.readMode()).isEmpty();
      }
      assertThat(session.readMode()).contains("by REST instead of queries");
      assertThat(numbers(session.next(30, 0))).isEqualTo(range(1, 30));
    }
  }

  @Test
  void aShortOutageIsWaitedFor() throws Exception {
    rest(3);
    List<Integer> got = new ArrayList<>();
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("o/r", Cursor.START)) {
      allQueries(aResponse().withStatus(502));
      for (int i = 0; i < 3; i++) {
        assertThat(catchThrowable(() -> session.next(10, 0)))
            .isInstanceOf(TransientFailureException.class);
      }
      allQueries(ok(connection(edges(1, 3), false)));
      got.addAll(numbers(session.next(10, 0)));
      assertThat(session.readMode()).doesNotContain("REST");
    }
    assertThat(got).containsExactly(1, 2, 3);
    assertThat(github.requests("/repos/o/r/pulls/1")).isZero();
  }

  @Test
  void whileRestFailsTooQueriesAreAskedOn() throws Exception {
    allQueries(aResponse().withStatus(502));
    try (SourceSession<PullRequest> session =
        source(GitHubTransport.AUTO).open("o/r", Cursor.START)) {
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class);
      github.answer("/repositories/" + Stub.REPOSITORY_ID, aResponse().withStatus(502));
      for (int i = 0; i < 10; i++) {
        assertThat(catchThrowable(() -> session.next(10, 0)))
            .isInstanceOf(TransientFailureException.class);
      }
      assertThat(session.readMode()).doesNotContain("REST");
    }
  }

  /** The first 25 by a query, then nothing but refusals. */
  private void refusedAfterTheFirstPage() {
    queries.page(null, ok(connection(edges(1, 25), true)));
    github.server.stubFor(
        post(urlEqualTo("/graphql"))
            .withRequestBody(containing("\"after\":\"c25\""))
            .atPriority(1)
            .willReturn(unknown("x", "query PullRequests", "repository")));
  }

  @ParameterizedTest
  @ValueSource(ints = {26, 60, 760})
  void aHistoryBegunByQueriesGoesOnByRestWithoutLossOrRepetition(int last) throws Exception {
    refusedAfterTheFirstPage();
    rest(last);

    Reader<PullRequest> reader = read();

    assertThat(reader.stored).hasSize(last);
    assertThat(reader.arrivedInHistory).as("each once").isEqualTo(last);
    assertThat(github.requests("/repos/o/r/pulls/25")).as("is done").isZero();
    assertThat(reader.readings.get(reader.readings.size() - 1)).contains("by REST");
  }

  @Test
  void aLaterSessionAsksQueriesAgainAndRepeatsNothing() throws Exception {
    refusedAfterTheFirstPage();
    rest(60);
    Cursor cursor = Cursor.START;
    List<Integer> got = new ArrayList<>();
    try (SourceSession<PullRequest> session = source(GitHubTransport.AUTO).open("o/r", cursor)) {
      for (int i = 0; i < 4; i++) {
        Chunk<PullRequest> chunk = session.next(10, 0);
        got.addAll(numbers(chunk));
        cursor = chunk.next();
      }
    }
    assertThat(got).isEqualTo(range(1, 40));

    github.server.resetMappings();
    github.repository("o/r", Stub.REPOSITORY_ID);
    queries.page("c25", ok(connection(edges(26, 50), true)));
    queries.page("c50", ok(connection(edges(51, 60), false)));
    try (SourceSession<PullRequest> session = source(GitHubTransport.AUTO).open("o/r", cursor)) {
      assertThat(numbers(session.next(20, 0))).isEqualTo(range(41, 60));
      assertThat(session.readMode()).isEmpty();
    }
  }

  @Test
  void aLaterSessionThatIsRefusedTooGoesOnWhereRestWas() throws Exception {
    refusedAfterTheFirstPage();
    rest(60);
    Cursor cursor = Cursor.START;
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      try (SourceSession<PullRequest> session = source(GitHubTransport.AUTO).open("o/r", cursor)) {
        Chunk<PullRequest> chunk = session.next(10, 0);
        got.addAll(numbers(chunk));
        cursor = chunk.next();
      }
    }
    assertThat(got).isEqualTo(range(1, 60));
  }

  @Test
  void aPlanWhoseQueriesAreRefusedIsOneOfRest() throws Exception {
    allQueries(status(404, "Not Found"));
    github.answer("/repos/o/r/pulls?state=all&per_page=1", ok("[{}]"));
    HistoryEstimate estimate =
        GitHubPlanner.of(github.client).estimate("o/r", Set.of(PullRequestExtra.DETAILS), Set.of());
    assertThat(estimate.automatic()).isEqualTo(GitHubTransport.REST);
  }
}
