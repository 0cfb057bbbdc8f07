package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each answer to a REST request means: items, a failure that passes, or one that stays and
 * says in one sentence what to do. Limits are in {@link LimitRequirementsTest}, the network in
 * {@link NetworkTest}, redirects in {@link RedirectTest}, fields in {@link ItemsTest}.
 */
class AnswerTableTest {

  private static final String REPOSITORY = "/repos/o/r";
  private static final String HTML = "<html><body>Unicorn!</body></html>";

  static Stream<Arguments> refusals() {
    return Stream.of(
        refusal("400", 400, "Bad Request", Reason.INVALID_REQUEST, "does not accept the request"),
        refusal(
            "401, a dead token",
            401,
            "Bad credentials",
            Reason.BAD_CREDENTIALS,
            "Set a valid one (GITHUB_TOKEN)"),
        refusal(
            "401 without these words",
            401,
            "Requires authentication",
            Reason.BAD_CREDENTIALS,
            "Set a valid one (GITHUB_TOKEN)"),
        refusal(
            "403, a right is missing",
            403,
            "Must have admin rights",
            Reason.FORBIDDEN,
            "Give it the permission or use another one"),
        refusal(
            "403, the right is named",
            Reason.FORBIDDEN,
            status(403, "Resource not accessible by integration")
                .withHeader("X-Accepted-GitHub-Permissions", "pull_requests=read"),
            "The token needs the permission pull_requests=read"),
        refusal(
            "403, single sign-on",
            Reason.FORBIDDEN,
            status(403, "Resource protected by organization SAML enforcement")
                .withHeader("X-GitHub-SSO", "required; url=https://github.com/orgs/o/sso"),
            "authorised for single sign-on (required; url=https://github.com/orgs/o/sso)"),
        refusal(
            "403, IP allow list",
            403,
            "Although you appear to have the correct authorization credentials, the organization"
                + " has an IP allow list enabled",
            Reason.FORBIDDEN,
            "does not have this machine's address"),
        refusal(
            "403, no User-Agent let through",
            403,
            "Request forbidden by administrative rules",
            Reason.FORBIDDEN,
            "Give it the permission"),
        refusal(
            "404",
            404,
            "Not Found",
            Reason.NOT_FOUND,
            "check the name and what the token may read"),
        refusal("410", 410, "Issues are disabled", Reason.GONE, "switched off or deleted"),
        refusal("418", 418, "Teapot", Reason.INVALID_REQUEST, "please report it"),
        refusal(
            "422, page numbers",
            422,
            "Pagination with the page parameter is not supported for large datasets, please use"
                + " cursor based pagination (after/before)",
            Reason.INVALID_REQUEST,
            "does not return more of this list by page numbers"),
        refusal(
            "422, a limited list",
            422,
            "In order to keep the API fast for everyone, pagination is limited for this resource",
            Reason.INVALID_REQUEST,
            "does not return more of this list by page numbers"),
        refusal(
            "422, validation",
            422,
            "Validation Failed",
            Reason.INVALID_REQUEST,
            "trying again does not help. Please report this"),
        refusal(
            "451",
            451,
            "Repository access blocked",
            Reason.LEGALLY_BLOCKED,
            "blocked for legal reasons"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void requirement22_aRefusalIsPermanentSaysWhatToDoAndIsNotTriedAgain(
      String name, Reason reason, ResponseDefinitionBuilder answer, String advice) {
    try (Stub github = new Stub(GitHub.builder().token(Stub.TOKEN))) {
      github.answer(LIST, answer.withHeader("X-GitHub-Request-Id", "AB12:34"));
      Throwable failure = failure(github);
      int status = answer.build().getStatus();
      assertThat(failure)
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("GitHub answers " + status + " \"")
          .hasMessageContaining(advice)
          .hasMessageContaining("Stored items stay")
          .hasMessageContaining("(request AB12:34)")
          .hasMessageNotContaining(Stub.TOKEN);
      assertThat(((PermanentFailureException) failure).reason()).isEqualTo(reason);
      boolean unclear401 = name.equals("401 without these words");
      assertThat(github.requests(LIST)).as("requests").isEqualTo(unclear401 ? 2 : 1);
    }
  }

  static Stream<Arguments> troubles() {
    Stream<Arguments> pages =
        Stream.of(500, 502, 503, 504)
            .map(
                status ->
                    row(
                        status + ", a page of HTML",
                        LIST,
                        html(status),
                        "GitHub answers " + status + " for "));
    Stream<Arguments> others =
        Stream.of(
            row("304 unasked", LIST, aResponse().withStatus(304), "GitHub answers 304"),
            row(
                "502, JSON",
                LIST,
                status(502, "Server Error"),
                "GitHub answers 502 \"Server Error\""),
            row("200, nothing", LIST, aResponse().withStatus(200), "damaged or incomplete"),
            row("200, blanks", LIST, ok(" \n"), "damaged or incomplete"),
            row("202, nothing", LIST, aResponse().withStatus(202), "damaged or incomplete"),
            row("409 without a body", LIST, aResponse().withStatus(409), "GitHub answers 409"),
            row("409, a conflict", LIST, status(409, "Conflict"), "GitHub answers 409"),
            row("204 for a repository", REPOSITORY, aResponse().withStatus(204), "damaged"),
            row("200, a page of HTML", LIST, html(200), "a web page instead of JSON"),
            row("200, HTML called JSON", LIST, ok(HTML), "damaged or incomplete"),
            row("half a number", LIST, ok("nul"), "damaged or incomplete"),
            row("an object for a list", LIST, ok("{}"), "damaged or incomplete"),
            row("an error for a list", LIST, ok("{\"message\":\"x\"}"), "damaged or incomplete"),
            row("a text for a list", LIST, ok("\"text\""), "damaged or incomplete"),
            row("malformed: no name", LIST, ok("[{]"), "damaged or incomplete"),
            row("malformed: wrong end", LIST, ok("[{\"id\":1}}"), "damaged or incomplete"),
            row("two lists", LIST, ok("[] []"), "damaged or incomplete"),
            row("truncated at once", LIST, ok("["), "damaged or incomplete"),
            row(
                "truncated between items",
                LIST,
                ok("[" + Stub.pullRequest(1)),
                "damaged or incomplete"),
            row(
                "truncated in an item",
                LIST,
                ok("[" + Stub.pullRequest(1).substring(0, 200)),
                "damaged or incomplete"),
            row(
                "nested without end",
                LIST,
                ok("[{\"id\":" + "[".repeat(100_000)),
                "damaged or incomplete"),
            row("no repository", REPOSITORY, ok(""), "damaged or incomplete"),
            row("a list for a repository", REPOSITORY, ok("[]"), "damaged or incomplete"),
            row("nothing of a repository", REPOSITORY, ok("{}"), "damaged or incomplete"),
            row("a text for its number", REPOSITORY, ok("{\"id\":\"x\"}"), "damaged or incomplete"),
            row(
                "a name that is none",
                REPOSITORY,
                ok("{\"id\":1,\"full_name\":\"none\"}"),
                "damaged or incomplete"));
    return Stream.concat(pages, others);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("troubles")
  void aTroubleIsTransientAndTheSessionGoesOnAfterIt(
      String name, String url, ResponseDefinitionBuilder answer, String message) throws Exception {
    try (Stub github = new Stub();
        SourceSession<PullRequest> session = github.open(Cursor.START)) {
      github.page(1, 1, 1, 1);
      github.answer(url, answer);
      assertThat(catchThrowable(() -> session.next(10, 0)))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining(message)
          .hasMessageContaining("Stored items stay. Trying again is safe")
          .hasMessageNotContaining("Unicorn");
      github.repository("o/r", Stub.REPOSITORY_ID);
      github.page(1, 1, 1, 1);
      assertThat(numbers(session.next(10, 0))).containsExactly(1);
    }
  }

  static Stream<Arguments> goodAnswers() {
    return Stream.of(
        row("200, an empty list", ok("[]"), List.of()),
        row("204", aResponse().withStatus(204), List.of()),
        row("409, an empty repository", status(409, "Git Repository is empty."), List.of()),
        row(
            "JSON that is called text",
            aResponse()
                .withHeader("Content-Type", "text/plain")
                .withBody("[" + Stub.pullRequest(1) + "]"),
            List.of(1)),
        row(
            "JSON without a type",
            aResponse().withBody(" \n[ " + Stub.pullRequest(1) + " ]\r\n"),
            List.of(1)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("goodAnswers")
  void anAnswerThatIsGoodEnoughIsTheWholeHistory(
      String name, ResponseDefinitionBuilder answer, List<Integer> numbers) throws Exception {
    try (Stub github = new Stub()) {
      github.answer(LIST, answer);
      try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
        Chunk<PullRequest> chunk = session.next(10, 0);
        assertThat(numbers(chunk)).isEqualTo(numbers);
        assertThat(chunk.rejected()).isEmpty();
        assertThat(chunk.last() || !numbers.isEmpty()).as("complete").isTrue();
        assertThat(session.total().count()).isEqualTo(numbers.size());
      }
    }
  }

  @Test
  void anItemThatIsOnTwoPagesIsTheSameItemTwiceAndMissesNoOther() throws Exception {
    try (Stub github = new Stub()) {
      github.page(1, 3, 1, 3);
      github.page(2, 3, 3, 5);
      github.page(3, 3, 5, 6);
      Reader<PullRequest> reader =
          new Reader<>(github.client.pullRequests(Set.of(), GitHubTransport.REST), github.time);
      reader.run("o/r", Cursor.START);
      assertThat(reader.stored.keySet()).containsExactly("1", "2", "3", "4", "5", "6");
      assertThat(reader.rejected).isEmpty();
    }
  }

  @Test
  void idsBeyond32BitsAreKeptWhole() throws Exception {
    try (Stub github = new Stub()) {
      String item = Stub.pullRequest(1).replace("5000000001", "9223372036854775807");
      github.answer(LIST, ok("[" + item.replace("{\"id\":7,", "{\"id\":4294967303,") + "]"));
      try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
        PullRequest read = session.next(10, 0).items().get(0);
        assertThat(read.githubId()).isEqualTo(Long.MAX_VALUE);
        assertThat(read.author().id()).isEqualTo(4_294_967_303L);
        assertThat(read.repository().id()).isEqualTo(Stub.REPOSITORY_ID);
      }
    }
  }

  static Stream<Arguments> missing() {
    return Stream.of(
        Arguments.of(
            "without a token",
            GitHub.builder(),
            "It does not exist or is private",
            "set a token (GITHUB_TOKEN)"),
        Arguments.of(
            "with a token",
            GitHub.builder().token(Stub.TOKEN),
            "It does not exist or the token cannot see it",
            "what the token may read"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("missing")
  void aMissingRepositoryMayBeOneThatWeCannotSee(
      String name, GitHub.Builder builder, String what, String advice) {
    try (Stub github = new Stub(builder)) {
      github.answer(REPOSITORY, status(404, "Not Found"));
      assertThat(failure(github))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("/repos/o/r. Stored items stay. " + what)
          .hasMessageContaining(advice);
    }
  }

  private static Throwable failure(Stub github) {
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      return catchThrowable(() -> session.next(10, 0));
    }
  }

  private static ResponseDefinitionBuilder html(int status) {
    return aResponse()
        .withStatus(status)
        .withHeader("Content-Type", "text/html; charset=utf-8")
        .withBody(HTML);
  }

  private static Arguments refusal(
      String name, int status, String message, Reason reason, String advice) {
    return refusal(name, reason, status(status, message), advice);
  }

  private static Arguments refusal(
      String name, Reason reason, ResponseDefinitionBuilder answer, String advice) {
    return Arguments.of(name, reason, answer, advice);
  }

  private static Arguments row(
      String name, String url, ResponseDefinitionBuilder answer, String message) {
    return Arguments.of(name, url, answer, message);
  }

  private static Arguments row(
      String name, ResponseDefinitionBuilder answer, List<Integer> numbers) {
    return Arguments.of(name, answer, numbers);
  }
}
