package dev.backfill.github;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.client.WireMock.urlMatching;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathMatching;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.tomakehurst.wiremock.WireMockServer;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.SourceSession;
import dev.backfill.testkit.ManualTimeSource;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A server whose answers name it by other addresses than the client has to use. */
class BehindProxyTest {

  private static final String SECOND =
      "/repositories/9/pulls?state=all&sort=created&direction=asc&per_page=100&page=2";

  private final WireMockServer server = new WireMockServer(wireMockConfig().dynamicPort());
  private final WireMockServer otherServer = new WireMockServer(wireMockConfig().dynamicPort());

  @BeforeEach
  void start() {
    server.start();
    otherServer.start();
    otherServer.stubFor(any(anyUrl()).willReturn(ok("[]")));
  }

  @AfterEach
  void stop() {
    server.stop();
    assertThat(otherServer.getAllServeEvents()).as("requests to another host").isEmpty();
    otherServer.stop();
  }

  @ParameterizedTest
  @CsvSource({
    "'', https://localhost",
    "'', http://ghe.internal:8080",
    "'', https://ghe.internal/api/v3",
    "/api/v3, https://ghe.internal/api/v3",
    "/api/v3, http://ghe.internal",
    "/github/api/v3, https://localhost/api/v3",
    "/github/api/v3, /api/v3",
    "/github, https://ghe.internal/other/api/v3",
    "'', STRANGER",
    "/api/v3, STRANGER"
  })
  void aLinkWithAnotherOriginOrPrefixLeadsToTheApi(String prefix, String origin) throws Exception {
    api(prefix, origin.replace("STRANGER", otherServer.baseUrl()) + SECOND);
    server.stubFor(
        get(urlEqualTo(prefix + SECOND)).willReturn(ok("[" + Stub.pullRequest(2) + "]")));
    assertThat(read(prefix)).containsExactly("1", "2");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/page2",
        "/repos",
        "/repositories/x/pulls?page=2",
        "/api/v3/user/repos?page=2",
        "/repositories/9/../../admin?page=2",
        "/repositories/9/%2e%2E/admin?page=2"
      })
  void aLinkThatNamesNoRepositoryIsRefused(String path) {
    api("/api/v3", otherServer.baseUrl() + path);
    assertThatThrownBy(() -> read("/api/v3"))
        .asInstanceOf(InstanceOfAssertFactories.type(PermanentFailureException.class))
        .extracting(PermanentFailureException::reason)
        .isEqualTo(Reason.UNTRUSTED_ADDRESS);
  }

  @ParameterizedTest
  @CsvSource({
    "'', https://localhost",
    "/api/v3, http://ghe.internal:8080/api/v3",
    "/github/api/v3, https://localhost/api/v3",
    "/github/api/v3, /api/v3"
  })
  void theNewAddressOfARenamedRepositoryIsAskedAtTheApi(String prefix, String origin)
      throws Exception {
    api(prefix, null);
    server.stubFor(
        get(urlEqualTo(prefix + "/repos/o/r"))
            .willReturn(
                aResponse().withStatus(301).withHeader("Location", origin + "/repositories/9")));
    assertThat(read(prefix)).containsExactly("1");
  }

  @ParameterizedTest
  @CsvSource({"302, /login?return_to=x", "200, ''", "404, ''"})
  void theApiOfAnEnterpriseServerIsFoundWithoutItsPath(int status, String location)
      throws Exception {
    api("/api/v3", server.baseUrl() + "/api/v3" + SECOND);
    server.stubFor(
        get(urlEqualTo("/api/v3" + SECOND)).willReturn(ok("[" + Stub.pullRequest(2) + "]")));
    server.stubFor(
        any(urlMatching("/(repos|repositories|graphql|user).*"))
            .willReturn(
                aResponse()
                    .withStatus(status)
                    .withHeader("Content-Type", "text/html; charset=utf-8")
                    .withHeader("Location", location)
                    .withBody("<!DOCTYPE html>")));
    try (Logged log = new Logged()) {
      assertThat(read("")).containsExactly("1", "2");
      assertThat(log.text()).contains(server.baseUrl() + "/api/v3");
    }
    long website =
        server.getAllServeEvents().stream()
            .filter(event -> !event.getRequest().getUrl().startsWith("/api/v3"))
            .count();
    assertThat(website).as("requests to the website").isEqualTo(1);
  }

  @Test
  void anAddressWithoutAnyApiIsTriedOnce() {
    server.stubFor(
        any(anyUrl())
            .willReturn(
                aResponse()
                    .withStatus(404)
                    .withHeader("Content-Type", "text/html")
                    .withBody("<html>")));
    assertThatThrownBy(() -> read("")).isInstanceOf(PermanentFailureException.class);
    assertThat(server.getAllServeEvents()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({
    "404, application/json, Not Found",
    "401, application/json, Bad credentials",
    "403, application/json, Not for this token",
    "422, application/json, Unprocessable",
    "502, text/html, Bad gateway"
  })
  void aWebPageOfAMomentChangesNoAddress(int status, String type, String message) throws Exception {
    api("", null);
    server.stubFor(
        any(urlMatching("/api/v3/.*"))
            .willReturn(
                aResponse()
                    .withStatus(status)
                    .withHeader("Content-Type", type)
                    .withBody("{\"message\":\"" + message + "\"}")));
    try (GitHub client =
        GitHub.builder()
            .apiUrl(URI.create(server.baseUrl()))
            .token(Stub.TOKEN)
            .timeSource(new ManualTimeSource())
            .build()) {
      var source = client.pullRequests(Set.of(), GitHubTransport.REST);
      var page =
          server.stubFor(
              get(urlEqualTo("/repos/o/r"))
                  .atPriority(1)
                  .willReturn(
                      aResponse().withHeader("Content-Type", "text/html").withBody("<html>")));
      try (SourceSession<PullRequest> session = source.open("o/r", Cursor.START)) {
        assertThatThrownBy(() -> session.next(10, 0)).isInstanceOf(BackfillException.class);
      }
      server.removeStub(page);
      try (SourceSession<PullRequest> session = source.open("o/r", Cursor.START)) {
        assertThat(session.next(10, 0).items()).hasSize(1);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 429, 502})
  void anEnterpriseServerThatIsBusyAtFirstIsFoundLater(int status) throws Exception {
    api("/api/v3", null);
    server.stubFor(
        any(urlMatching("/(repos|repositories|graphql|user).*"))
            .willReturn(aResponse().withHeader("Content-Type", "text/html").withBody("<html>")));
    var busy =
        server.stubFor(
            any(urlMatching("/api/v3/.*"))
                .atPriority(1)
                .willReturn(
                    aResponse()
                        .withStatus(status)
                        .withHeader("Content-Type", status < 500 ? "application/json" : "text/html")
                        .withHeader("Retry-After", "1")
                        .withBody("{\"message\":\"secondary rate limit\"}")));
    ManualTimeSource time = new ManualTimeSource();
    try (GitHub client =
        GitHub.builder()
            .apiUrl(URI.create(server.baseUrl()))
            .token(Stub.TOKEN)
            .timeSource(time)
            .build()) {
      var source = client.pullRequests(Set.of(), GitHubTransport.REST);
      try (SourceSession<PullRequest> session = source.open("o/r", Cursor.START)) {
        assertThatThrownBy(() -> session.next(10, 0)).isInstanceOf(BackfillException.class);
      }
      server.removeStub(busy);
      time.advance(Duration.ofHours(1));
      try (SourceSession<PullRequest> session = source.open("o/r", Cursor.START)) {
        assertThat(session.next(10, 0).items()).hasSize(1);
      }
    }
  }

  /** Stubs a repository with one pull request on its first page. */
  private void api(String prefix, String nextPage) {
    for (String path : List.of("/repos/o/r", "/repositories/9")) {
      server.stubFor(
          get(urlEqualTo(prefix + path))
              .atPriority(6)
              .willReturn(ok(Stub.repositoryJson("o/r", 9))));
    }
    server.stubFor(
        get(urlMatching(prefix + "/repositories/9/pulls.*per_page=1"))
            .atPriority(8)
            .willReturn(Stub.uncounted(ok("[{}]"))));
    server.stubFor(
        get(urlPathMatching(prefix + "/repositories/9/pulls")).atPriority(9).willReturn(ok("[]")));
    var first = ok("[" + Stub.pullRequest(1) + "]");
    server.stubFor(
        get(urlEqualTo(prefix + LIST))
            .willReturn(
                nextPage == null
                    ? first
                    : first.withHeader("Link", "<" + nextPage + ">; rel=\"next\"")));
  }

  private List<String> read(String prefix) throws InterruptedException {
    ManualTimeSource time = new ManualTimeSource();
    try (GitHub client =
            GitHub.builder()
                .apiUrl(URI.create(server.baseUrl() + prefix))
                .token(Stub.TOKEN)
                .timeSource(time)
                .build();
        SourceSession<PullRequest> session =
            client.pullRequests(Set.of(), GitHubTransport.REST).open("o/r", Cursor.START)) {
      Reader<PullRequest> reader =
          new Reader<>(client.pullRequests(Set.of(), GitHubTransport.REST), time);
      var chunk = session.next(10, 0);
      reader.keep(chunk);
      while (!chunk.last()) {
        chunk = session.next(10, 0);
        reader.keep(chunk);
      }
      return List.copyOf(reader.stored.keySet());
    }
  }
}
