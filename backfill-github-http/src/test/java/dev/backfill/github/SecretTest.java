package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.TOKEN;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that sends the token back at every opportunity. */
class SecretTest {

  private final Stub github = new Stub(GitHubClient.builder().token(TOKEN));

  @AfterEach
  void close() {
    github.close();
  }

  static Stream<ResponseDefinitionBuilder> answers() {
    return Stream.of(
        status(400, "no " + TOKEN),
        status(401, "no " + TOKEN),
        status(403, "no " + TOKEN).withHeader("X-GitHub-SSO", "url=" + TOKEN),
        status(403, "secondary rate limit " + TOKEN),
        status(404, "no " + TOKEN).withHeader("X-GitHub-Request-Id", TOKEN),
        status(429, TOKEN),
        status(502, TOKEN),
        ok("{\"" + TOKEN),
        ok("[\"" + TOKEN + "]"),
        aResponse().withStatus(302).withHeader("Location", "http://localhost/?" + TOKEN),
        aResponse().withHeader("Content-Encoding", TOKEN).withBody("x"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void noFailureShowsTheToken(ResponseDefinitionBuilder answer) {
    github.answer(LIST, answer);
    try (Pull<PullRequest> pull = github.open(Cursor.START)) {
      Throwable failure = catchThrowable(() -> pull.next(10, 0));
      assertThat(failure).isNotNull();
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).doesNotContain(TOKEN);
    }
  }

  @Test
  void noRejectedItemShowsTheToken() throws Exception {
    github.answer(LIST, ok("[{\"id\":1,\"title\":\"" + TOKEN + "\"}]"));
    try (Pull<PullRequest> pull = github.open(Cursor.START)) {
      Chunk<PullRequest> chunk = pull.next(10, 0);
      assertThat(chunk.rejected()).hasSize(1);
      assertThat(chunk.toString()).doesNotContain(TOKEN).contains("***");
    }
  }
}
