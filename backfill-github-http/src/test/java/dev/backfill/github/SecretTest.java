package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.TOKEN;
import static dev.backfill.github.Stub.ok;
import static dev.backfill.github.Stub.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.github.internal.transport.RequestBudget;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A server that sends the token back at every opportunity. */
@Isolated("it listens to the log, which all share")
class SecretTest {

  private final Stub github = new Stub(GitHub.builder().token(TOKEN));

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
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Throwable failure = catchThrowable(() -> session.next(10, 0));
      assertThat(failure).isNotNull();
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      assertThat(trace.toString()).doesNotContain(TOKEN);
    }
  }

  @Test
  void noRejectedItemShowsTheToken() throws Exception {
    github.answer(LIST, ok("[{\"id\":1,\"title\":\"" + TOKEN + "\"}]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(chunk.rejected()).hasSize(1);
      assertThat(chunk.toString()).doesNotContain(TOKEN).contains("***");
    }
  }

  /** Whoever asks, and whatever the server does with what it was sent. */
  @Test
  void noLogNoFailureAndNoTextShowsATokenAKeyOrWhatAnAppSigns() throws Exception {
    String second = "ghp_anotherS3cretTokenThatNobodyMaySee";
    String first = "ghs_firstS3cretTokenOfTheApp";
    String later = "ghs_laterS3cretTokenOfTheApp";
    GitHubApp app = GitHubApp.of("7", Keys.pkcs1()).withInstallation(42);
    StringBuilder seen = new StringBuilder();
    try (Logged log = new Logged();
        Stub all = new Stub(GitHub.builder().token(TOKEN).tokens(List.of(second)).app(app))) {
      String jwt = signed(all, first, later);
      all.answer("/user", status(403, "no user has " + TOKEN + " or " + second));
      RequestBudget budget = new RequestBudget(0, new LongAdder());
      for (int status : new int[] {401, 403, 404, 429, 502}) {
        all.answer(
            "/thing",
            status(status, String.join(" ", TOKEN, second, first, later, jwt))
                .withHeader("X-GitHub-Request-Id", later));
        Throwable failure =
            catchThrowable(() -> all.client.sharedResources().api().get("/thing", budget));
        assertThat(failure).isNotNull();
        StringWriter trace = new StringWriter();
        failure.printStackTrace(new PrintWriter(trace));
        seen.append(trace);
        all.time.advance(Duration.ofMinutes(56));
      }
      seen.append(log.text()).append(app).append(all.client).append(all.client.sharedResources());
      seen.append(all.client.sharedResources().api().redact(first + later + jwt));
    }
    assertThat(seen.toString())
        .contains("***", "2 tokens and a GitHub App")
        .doesNotContain(TOKEN, second, first, later, "eyJ", "BEGIN RSA");
  }

  /** Lets the App have one token after the other; gives what it signed for the first. */
  private static String signed(Stub stub, String first, String later) throws InterruptedException {
    stub.answer("/thing", ok("{}"));
    stub.answer("/user", status(403, "no user"));
    stub.server.stubFor(issue(first));
    for (int i = 0; i < 3; i++) {
      stub.client.sharedResources().api().get("/thing", new RequestBudget(0, new LongAdder()));
    }
    stub.server.stubFor(issue(later));
    stub.time.advance(Duration.ofMinutes(56));
    for (int i = 0; i < 3; i++) {
      stub.client.sharedResources().api().get("/thing", new RequestBudget(0, new LongAdder()));
    }
    var requests =
        stub.server.findAll(postRequestedFor(urlEqualTo("/app/installations/42/access_tokens")));
    assertThat(requests).hasSize(2);
    return requests.get(0).getHeader("Authorization").substring("Bearer ".length());
  }

  private static MappingBuilder issue(String token) {
    return post(urlEqualTo("/app/installations/42/access_tokens"))
        .willReturn(aResponse().withStatus(201).withBody("{\"token\":\"" + token + "\"}"));
  }
}
