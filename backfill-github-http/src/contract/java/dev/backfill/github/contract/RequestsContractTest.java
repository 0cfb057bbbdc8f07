package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.Pull;
import dev.backfill.api.source.PullSource;
import dev.backfill.github.GitHubClient;
import dev.backfill.github.GitHubSources;
import dev.backfill.github.PullRequestExtra;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the client asks, GitHub describes. */
@Timeout(120)
class RequestsContractTest {

  private static final String TOKEN = "a-token";

  private static List<RestRequest> requests = List.of();

  @BeforeAll
  static void record() throws InterruptedException {
    requests = requestsOfAllSources();
  }

  @Test
  void whatTheSourcesAskIsDescribed() {
    assertThat(requests)
        .extracting(request -> request.path().replaceAll("\\d+", "N"))
        .as("what was recorded")
        .contains(
            "/repos/sim/repo",
            "/repos/sim/repo/pulls",
            "/repositories/N/pulls",
            "/repos/sim/repo/pulls/N",
            "/repos/sim/repo/pulls/N/reviews",
            "/repositories/N/pulls/N/reviews",
            "/repos/sim/repo/pulls/comments",
            "/repos/sim/repo/issues/comments");
    assertThat(requests)
        .allSatisfy(
            request ->
                assertThat(RestDescription.get().wrongWith(request))
                    .as(request.toString())
                    .isEmpty());
  }

  /** What GitHub asks of every request is in its documentation, not in the description. */
  @Test
  void theHeadersAreThoseThatGitHubAsksFor() {
    assertThat(requests)
        .allSatisfy(
            request -> {
              Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
              headers.putAll(request.headers());
              assertThat(headers.get("User-Agent")).startsWith("backfill/");
              assertThat(headers)
                  .containsEntry("Accept", "application/vnd.github+json")
                  .containsEntry("X-GitHub-Api-Version", "2022-11-28")
                  .containsEntry("Authorization", "Bearer " + TOKEN);
            });
  }

  @ParameterizedTest
  @MethodSource("planned")
  void whatIsToBeAskedIsDescribed(RestRequest request) {
    assertThat(RestDescription.get().wrongWith(request)).isEmpty();
  }

  /** To be replaced by recorded requests as the client learns them. */
  static Stream<RestRequest> planned() {
    String tokens = "/app/installations/42/access_tokens";
    return Stream.of(
        RestRequest.of("POST", tokens),
        RestRequest.of("POST", tokens, Map.of(), "{}"),
        RestRequest.of(
            "POST",
            tokens,
            Map.of(),
            """
            {"repositories": ["repo"],
             "permissions": {"metadata": "read", "pull_requests": "read", "issues": "read"}}"""),
        RestRequest.of("POST", tokens, Map.of(), "{\"repository_ids\": [4294967297]}"),
        RestRequest.of("GET", "/user"),
        RestRequest.of("GET", "/rate_limit"),
        RestRequest.of("GET", "/repos/o/r/installation"),
        RestRequest.of("GET", "/repos/o/r/pulls/comments/4294967297"),
        RestRequest.of("GET", "/repos/o/r/issues/comments/4294967297"),
        RestRequest.of(
            "GET", "/repos/o/r/pulls?state=all&sort=updated&direction=desc&per_page=100"),
        RestRequest.of(
            "GET",
            "/repos/o/r/pulls/comments?sort=updated&direction=desc&per_page=100"
                + "&since=2026-01-02T03:04:05Z"),
        RestRequest.of(
            "GET",
            "/repos/o/r/issues/comments?sort=updated&direction=asc&per_page=100"
                + "&since=2026-01-02T03:04:05Z"));
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /repos/o/r/pulls?state=al, validation.request.parameter.schema.enum",
    "GET, /repos/o/r/pulls?per_page=many, validation.request.parameter.schema.type",
    "GET, /repos/o/r/pulls?since=2026-01-02T03:04:05Z,"
        + " validation.request.parameter.query.unexpected",
    "GET, /repos/o/r/issues/comments?since=yesterday, validation.request.parameter.schema.format",
    "GET, /repos/o/r/pulls/first, validation.request.parameter.schema.type",
    "GET, /repos/o/r/pulls/1/review, validation.request.path.missing",
    "DELETE, /repos/o/r/pulls, validation.request.operation.notAllowed",
  })
  void aWrongRequestIsFound(String method, String target, String key) {
    assertThat(RestDescription.get().wrongWith(RestRequest.of(method, target)))
        .singleElement()
        .asString()
        .startsWith(key);
  }

  @Test
  void aWrongBodyIsFound() {
    RestRequest request =
        RestRequest.of(
            "POST",
            "/app/installations/42/access_tokens",
            Map.of(),
            "{\"permissions\": {\"pull_requests\": \"reed\"}}");
    assertThat(RestDescription.get().wrongWith(request))
        .singleElement()
        .asString()
        .startsWith("validation.request.body.schema.enum");
  }

  private static List<RestRequest> requestsOfAllSources() throws InterruptedException {
    SimulatedRepository repository =
        SimulatedRepository.builder("sim/repo").pullRequests(120).formerName("old/name").build();
    try (SimulatedGitHub github = SimulatedGitHub.builder().repository(repository).start();
        RecordedGitHub recorded = new RecordedGitHub(github);
        GitHubClient client = GitHubClient.builder().apiUrl(recorded.url()).token(TOKEN).build()) {
      read(GitHubSources.pullRequests(client, Set.of(PullRequestExtra.values())), "sim/repo");
      read(GitHubSources.pullRequests(client, Set.of()), "old/name");
      read(GitHubSources.reviewComments(client), "sim/repo");
      read(GitHubSources.issueComments(client), "sim/repo");
      assertThat(github.requests()).isEqualTo(recorded.requests().size());
      return recorded.requests();
    }
  }

  private static <T> void read(PullSource<T> source, String target) throws InterruptedException {
    try (Pull<T> pull = source.open(target, Cursor.START)) {
      Chunk<T> chunk;
      do {
        chunk = pull.next(50, 0);
        assertThat(chunk.rejected()).isEmpty();
      } while (!chunk.last());
    }
  }
}
