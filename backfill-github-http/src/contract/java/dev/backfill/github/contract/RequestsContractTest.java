package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.github.GitHub;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the client asks, GitHub describes. */
@Timeout(120)
class RequestsContractTest {

  private static final String TOKEN = "Bearer (token-\\d|ghs_\\d{36})";
  private static final String JWT = "Bearer eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+";

  private static List<RestRequest> requests = List.of();

  @BeforeAll
  static void record() throws InterruptedException {
    requests = EveryRequest.recorded();
  }

  @Test
  void whatIsAskedOverRestIsDescribed() {
    List<RestRequest> rest = requests.stream().filter(request -> !isQuery(request)).toList();
    assertThat(rest)
        .extracting(request -> request.method() + " " + request.path().replaceAll("\\d+", "N"))
        .as("what was recorded")
        .contains(
            "GET /repos/sim/repo",
            "GET /repos/sim/repo/pulls",
            "GET /repositories/N/pulls",
            "GET /repos/sim/repo/pulls/N",
            "GET /repositories/N/pulls/N",
            "GET /repositories/N/pulls/N/reviews",
            "GET /repos/sim/repo/pulls/comments",
            "GET /repositories/N/pulls/comments",
            "GET /repositories/N/pulls/comments/N",
            "GET /repos/sim/repo/issues/comments",
            "GET /repositories/N/issues/comments",
            "GET /repositories/N/issues/comments/N",
            "GET /user",
            "GET /app/installations",
            "POST /app/installations/N/access_tokens",
            "POST /repos/sim/repo/actions/workflows/backfill.yml/dispatches",
            "GET /repos/sim/repo/actions/workflows/backfill.yml/runs",
            "GET /repos/sim/repo/actions/runs/N",
            "GET /repos/sim/repo/issues",
            "POST /repos/sim/repo/issues",
            "PATCH /repos/sim/repo/issues/N",
            "POST /repos/sim/repo/issues/N/comments");
    assertThat(rest)
        .as("the catch-up")
        .anyMatch(asks("/pulls", "sort", "updated"))
        .anyMatch(asks("/pulls/comments", "since", ".+Z"))
        .anyMatch(asks("/issues/comments", "since", ".+Z"));
    assertThat(rest)
        .allSatisfy(
            request ->
                assertThat(RestDescription.get().wrongWith(request))
                    .as(request.toString())
                    .isEmpty());
  }

  /** The description of REST does not have GraphQL's one address; its schema says what to send. */
  @Test
  void everyQueryIsSentWithVariablesThatItTakes() throws Exception {
    List<RestRequest> queries = requests.stream().filter(RequestsContractTest::isQuery).toList();
    assertThat(queries).extracting(RestRequest::method).containsOnly("POST");
    assertThat(queries)
        .extracting(request -> new ObjectMapper().readTree(request.body()).path("query").asText())
        .as("each query of the client, and none else")
        .containsOnlyElementsOf(
            ClassPathFiles.find(GitHub.class, "dev/backfill/github/internal/graphql", ".graphql")
                .values());
    assertThat(queries)
        .allSatisfy(
            request ->
                assertThat(GraphQlDescription.get().wrongWithBody(request.body()))
                    .as(request.body())
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
                  .containsEntry("X-GitHub-Api-Version", "2022-11-28");
              String proof = request.path().startsWith("/app/") ? JWT : TOKEN;
              if (headers.containsKey("Authorization")) {
                assertThat(headers.get("Authorization")).as(request.toString()).matches(proof);
              } else {
                assertThat(request.query()).as("asked by nobody").containsEntry("per_page", "1");
              }
              if (request.body() != null) {
                assertThat(headers).containsEntry("Content-Type", "application/json");
              }
            });
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                  | no JSON object
          {"variables": {}}                                   | there is no query
          {"query": "{ viewer { logn } }"}                    | Field 'logn'
          {"query": "{ viewer { login } }", "variable": {}}   | variable is unknown
          {"query": "%s", "variables": {"owner": "o"}}        | Variable 'name' has an invalid value
          {"query": "%s", "variables": {"owner": 1, "name": "n"}} | Variable 'owner' has an invalid
          {"query": "%s", "variables": {"owner": "o", "name": "n", "by": {"field": "SIZE"}}} | 'by'
          {"query": "%s", "variables": {"owner": "o", "name": "n", "id": 1}} | variable id is not
          """)
  void aWrongQueryIsFound(String body, String message) {
    String query =
        "query($owner: String!, $name: String!, $by: IssueOrder) { repository(owner: $owner,"
            + " name: $name) { pullRequests(first: 1, orderBy: $by) { totalCount } } }";
    assertThat(GraphQlDescription.get().wrongWithBody(body.replace("%s", query)))
        .singleElement()
        .asString()
        .contains(message);
  }

  private static boolean isQuery(RestRequest request) {
    return request.path().equals("/graphql");
  }

  private static Predicate<RestRequest> asks(String path, String name, String value) {
    return request ->
        request.path().endsWith(path) && request.query().getOrDefault(name, "").matches(value);
  }
}
