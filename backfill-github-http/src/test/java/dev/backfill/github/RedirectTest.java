package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectTest {

  private final Stub github = new Stub(GitHub.builder().token(Stub.TOKEN));
  private final WireMockServer otherServer = new WireMockServer(wireMockConfig().dynamicPort());

  @BeforeEach
  void startOtherServer() {
    otherServer.start();
    otherServer.stubFor(get(anyUrl()).willReturn(ok("[]")));
  }

  @AfterEach
  void close() {
    github.close();
    assertThat(otherServer.getAllServeEvents()).as("requests to a foreign host").isEmpty();
    otherServer.stop();
  }

  private static ResponseDefinitionBuilder redirect(int status, String location) {
    return aResponse().withStatus(status).withHeader("Location", location);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void aRedirectWithinTheApiIsFollowed(int status) throws Exception {
    github.answer(LIST, redirect(status, github.url() + "/repositories/1/pulls"));
    github.answer("/repositories/1/pulls", ok("[" + Stub.pullRequest(1) + "]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      Chunk<PullRequest> chunk = session.next(10, 0);
      assertThat(numbers(chunk)).containsExactly(1);
      boolean forGood = status == 301 || status == 308;
      assertThat(chunk.quotaSpent())
          .as("every hop counts, and so does asking for the new name")
          .isEqualTo(forGood ? 4 : 3);
      assertThat(chunk.next().value().contains("/repositories/1/pulls")).isEqualTo(forGood);
    }
  }

  @Test
  void aRenamedRepositoryGoesOnUnderItsNewName() throws Exception {
    github.answer("/repos/o/r", redirect(301, "/repositories/9"));
    github.answer("/repositories/9", ok(Stub.repositoryJson("new/name", 9)));
    github.answer(LIST.replace("/o/r/", "/new/name/"), ok("[" + Stub.pullRequest(1) + "]"));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThat(session.next(1, 0).items().get(0).repository().fullName()).isEqualTo("new/name");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void aRedirectElsewhereIsNotFollowed(int status) {
    github.answer(LIST, redirect(status, otherServer.baseUrl() + LIST));
    assertUntrusted();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://localhost/x",
        "//127.0.0.1/x",
        "http://me@localhost/x",
        "ftp://localhost/"
      })
  void whatOnlyLooksLikeTheApiIsElsewhere(String location) {
    github.answer(LIST, redirect(302, location));
    assertUntrusted();
  }

  @Test
  void aLinkElsewhereIsNotFollowed() {
    github.answer(
        LIST,
        ok("[" + Stub.pullRequest(1) + "]")
            .withHeader("Link", "<" + otherServer.baseUrl() + "/page2>; rel=\"next\""));
    assertUntrusted();
  }

  private void assertUntrusted() {
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .hasMessageNotContaining(Stub.TOKEN)
          .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
          .extracting(PermanentFailureException::reason)
          .isEqualTo(Reason.UNTRUSTED_ADDRESS);
    }
  }

  @Test
  void aLoopEndsAfterFiveRedirects() {
    github.answer(LIST, redirect(302, LIST));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("more than 5 times");
    }
    assertThat(github.requests(LIST)).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "http://[broken"})
  void aRedirectToNowhereIsAPassingFailure(String location) {
    github.answer(LIST, redirect(302, location));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      assertThatThrownBy(() -> session.next(10, 0)).isInstanceOf(TransientFailureException.class);
    }
  }
}
