package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each answer that is no good means, and that one sentence says so. */
class StatusTest {

  private static final String REPOSITORY = "/repos/o/r";

  private final Stub github = new Stub();

  @AfterEach
  void close() {
    github.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | Bad Request         | INVALID_REQUEST | does not accept the request",
        "401 | Bad credentials     | BAD_CREDENTIALS | GITHUB_TOKEN",
        "403 | Must have admin     | FORBIDDEN       | give one (GITHUB_TOKEN)",
        "404 | Not Found           | NOT_FOUND       | is private",
        "410 | Issues are disabled | GONE            | switched off",
        "418 | Teapot              | INVALID_REQUEST | please report it",
        "422 | Validation Failed   | INVALID_REQUEST | does not accept the request",
        "422 | Pagination with the page parameter is not supported | INVALID_REQUEST | page numbers",
        "422 | In order to keep the API fast for everyone, pagination is limited | INVALID_REQUEST | page numbers",
        "451 | Repository access blocked | LEGALLY_BLOCKED | legal reasons"
      })
  void aRefusalIsPermanentAndSaysWhatToDo(
      int status, String message, Reason reason, String advice) {
    github.answer(LIST, status(status, message).withHeader("X-GitHub-Request-Id", "AB12:34"));
    Throwable failure = failure();
    assertThat(failure)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("GitHub answers " + status)
        .hasMessageContaining(message)
        .hasMessageContaining(advice)
        .hasMessageContaining("what is stored is kept")
        .hasMessageContaining("(request AB12:34)");
    assertThat(((PermanentFailureException) failure).reason()).isEqualTo(reason);
  }

  @Test
  void aMissingRepositoryMayBePrivateAndNeedAToken() {
    github.answer(REPOSITORY, status(404, "Not Found"));
    assertThat(failure())
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("/repos/o/r: it does not exist or is private")
        .hasMessageContaining("give a token (GITHUB_TOKEN)");
  }

  @Test
  void aMissingRepositoryMayBeOneThatTheTokenCannotSee() {
    try (Stub withToken = new Stub(GitHubClient.builder().token(Stub.TOKEN))) {
      withToken.answer(REPOSITORY, status(404, "Not Found"));
      assertThat(failure(withToken))
          .hasMessageContaining("it does not exist or the token cannot see it");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "X-GitHub-SSO | required; url=https://github.com/orgs/o/sso | single sign-on",
        "X-Accepted-GitHub-Permissions | pull_requests=read | permission pull_requests=read"
      })
  void aForbiddenAnswerSaysWhatIsMissing(String header, String value, String advice) {
    github.answer(LIST, status(403, "Resource not accessible").withHeader(header, value));
    assertThat(failure()).hasMessageContaining(advice).hasMessageContaining(value);
  }

  @Test
  void anIpAllowListIsNamed() {
    github.answer(LIST, status(403, "the organization has an IP allow list enabled"));
    assertThat(failure()).hasMessageContaining("does not have this machine's address");
  }

  @ParameterizedTest
  @ValueSource(ints = {304, 500, 502, 503, 504})
  void aServersTroubleIsTransient(int status) {
    github.answer(LIST, aResponse().withStatus(status).withBody("<html>Unicorn!</html>"));
    assertThat(failure())
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("GitHub answers " + status);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "[{]",
        "{}",
        "\"text\"",
        "nul",
        "[{\"id\":1}",
        "[] []",
        "[{\"id\":1}}",
        "{\"message\":\"x\"}",
        "<html><body>Unicorn!</body></html>"
      })
  void aListThatIsNoWholeListIsTransient(String body) {
    github.answer(LIST, ok(body));
    assertThat(failure())
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("damaged or incomplete");
  }

  @Test
  void jsonThatIsNestedWithoutEndIsTransient() {
    github.answer(LIST, ok("[{\"id\":" + "[".repeat(100_000)));
    assertThat(failure()).isInstanceOf(TransientFailureException.class);
  }

  @Test
  void aWebPageIsCalledOne() {
    github.answer(LIST, ok("<html>").withHeader("Content-Type", "text/html"));
    github.answer(
        LIST, aResponse().withHeader("Content-Type", "text/html").withBody("<html></html>"));
    assertThat(failure())
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("a web page instead of JSON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"id\":\"x\"}", "{\"id\":1,\"full_name\":\"none\"}"})
  void aRepositoryThatIsNoneIsTransient(String body) {
    github.answer(REPOSITORY, ok(body));
    assertThat(failure()).isInstanceOf(TransientFailureException.class);
  }

  @Test
  void afterAFailureTheSessionGoesOn() throws Exception {
    github.answer(LIST, status(502, "Server Error"));
    try (Pull<PullRequest> pull = github.open(Cursor.START)) {
      assertThat(catchThrowable(() -> pull.next(1, 0)))
          .isInstanceOf(TransientFailureException.class);
      github.page(1, 1, 1, 1);
      assertThat(pull.next(1, 0).items()).hasSize(1);
    }
  }

  private Throwable failure() {
    return failure(github);
  }

  private static Throwable failure(Stub stub) {
    try (Pull<PullRequest> pull = stub.open(Cursor.START)) {
      return catchThrowable(() -> pull.next(10, 0));
    }
  }
}
