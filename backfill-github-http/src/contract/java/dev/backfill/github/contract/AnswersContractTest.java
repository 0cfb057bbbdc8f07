package dev.backfill.github.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.github.Keys;
import dev.backfill.github.internal.auth.AppKey;
import dev.backfill.testkit.github.RepositoryLists;
import dev.backfill.testkit.github.SimulatedApp;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import dev.backfill.testkit.github.SimulatedWorkflow;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever the simulated GitHub answers, GitHub could have. */
@Timeout(120)
class AnswersContractTest {

  private static final String REPOSITORY = RestDescription.REPOSITORY;

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo").pullRequests(120).formerName("old/name").build();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token("good")
          .app(SimulatedApp.of(4, 77, Keys.PAIR.getPublic()))
          .quota(100, Duration.ofHours(1))
          .start();
  private final HttpClient http = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    github.close();
  }

  @ParameterizedTest
  @CsvSource({
    "/repos/sim/repo, ''",
    "/repos/sim/repo/pulls?state=all&sort=created&direction=asc&per_page=100, /pulls",
    "/repos/sim/repo/pulls?state=closed&sort=updated&direction=desc&page=2, /pulls",
    "/repos/sim/repo/pulls/comments?per_page=100, /pulls/comments",
    "/repos/sim/repo/issues/comments?per_page=100, /issues/comments",
    "/repos/sim/repo/pulls/comments?sort=updated&since=2020-01-01T00:00:00Z, /pulls/comments",
    "/repos/sim/repo/issues/comments?sort=updated&since=2020-01-01T00:00:00Z, /issues/comments",
    "/repos/sim/repo/labels, /labels",
    "/repos/sim/repo/milestones?state=all&sort=due_on&direction=asc, /milestones",
  })
  void whatIsReadIsAsDescribed(String target, String path) throws Exception {
    assertIsDescribed(get(target), 200, REPOSITORY + path);
  }

  @Test
  void everyPullRequestAndItsReviewsAreAsDescribed() throws Exception {
    for (int number : repository.numbers().limit(15).toArray()) {
      String target = "/repos/sim/repo/pulls/" + number;
      assertIsDescribed(get(target), 200, REPOSITORY + "/pulls/{pull_number}");
      assertIsDescribed(
          get(target + "/reviews?per_page=100"), 200, REPOSITORY + "/pulls/{pull_number}/reviews");
    }
  }

  @Test
  void everyCommentAloneIsAsDescribed() throws Exception {
    for (ReviewComment comment : repository.reviewComments().limit(20).toList()) {
      assertIsDescribed(
          get("/repos/sim/repo/pulls/comments/" + comment.githubId()),
          200,
          REPOSITORY + "/pulls/comments/{comment_id}");
    }
    for (IssueComment comment : repository.issueComments().limit(20).toList()) {
      assertIsDescribed(
          get("/repos/sim/repo/issues/comments/" + comment.githubId()),
          200,
          REPOSITORY + "/issues/comments/{comment_id}");
    }
    for (String kind : List.of("/pulls", "/issues")) {
      assertIsDescribed(
          get("/repos/sim/repo" + kind + "/comments/1"),
          404,
          REPOSITORY + kind + "/comments/{comment_id}");
    }
  }

  @Test
  void everyLabelAndMilestoneAloneIsAsDescribed() throws Exception {
    for (RepositoryLists.Label label : repository.list(RepositoryLists.LABELS).rows()) {
      String name = URLEncoder.encode(label.name(), StandardCharsets.UTF_8).replace("+", "%20");
      assertIsDescribed(get("/repos/sim/repo/labels/" + name), 200, REPOSITORY + "/labels/{name}");
    }
    assertIsDescribed(get("/repos/sim/repo/labels/none"), 404, REPOSITORY + "/labels/{name}");
    String milestone = REPOSITORY + "/milestones/{milestone_number}";
    for (RepositoryLists.Milestone each : repository.list(RepositoryLists.MILESTONES).rows()) {
      assertIsDescribed(get("/repos/sim/repo/milestones/" + each.number()), 200, milestone);
    }
    assertIsDescribed(get("/repos/sim/repo/milestones/9"), 404, milestone);
  }

  @Test
  void whoAsksIsAsDescribed() throws Exception {
    assertIsDescribed(get("/user", "Authorization", "Bearer good"), 200, "/user");
    assertIsDescribed(get("/user"), 401, "/user");
  }

  @Test
  void whatAnAppAsksIsAsDescribed() throws Exception {
    String jwt = "Bearer " + AppKey.parse(Keys.pkcs8()).token("4", Instant.now());
    assertIsDescribed(get("/app/installations", "Authorization", jwt), 200, "/app/installations");
    assertIsDescribed(
        get("/repos/sim/repo/installation", "Authorization", jwt),
        200,
        REPOSITORY + "/installation");
    String tokens = "/app/installations/{installation_id}/access_tokens";
    HttpResponse<String> made = post("/app/installations/77/access_tokens", jwt);
    assertIsDescribed(made, 201, tokens);
    assertIsDescribed(post("/app/installations/77/access_tokens", "Bearer none"), 401, tokens);
    assertIsDescribed(post("/app/installations/78/access_tokens", jwt), 404, tokens);
    String token = new ObjectMapper().readTree(made.body()).path("token").asText();
    assertIsDescribed(get("/user", "Authorization", "Bearer " + token), 403, "/user");
  }

  @Test
  void whatIsDispatchedAndItsRunsAreAsDescribed() throws Exception {
    github.actions().add("sim/repo", SimulatedWorkflow.of("backfill.yml"));
    String workflow = REPOSITORY + "/actions/workflows/{workflow_id}";
    String dispatches = "/repos/sim/repo/actions/workflows/backfill.yml/dispatches";
    assertIsDescribed(
        send("POST", dispatches, "{\"ref\":\"main\",\"return_run_details\":true}"),
        200,
        workflow + "/dispatches");
    assertIsDescribed(
        send("POST", dispatches, "{\"ref\":\"main\"}"), 204, workflow + "/dispatches");
    long run = github.actions().runs().get(0).id();
    String runs = "/repos/sim/repo/actions/workflows/backfill.yml/runs?event=workflow_dispatch";
    assertIsDescribed(send("GET", runs, null), 200, workflow + "/runs");
    String path = "/repos/sim/repo/actions/runs/" + run;
    assertIsDescribed(send("GET", path, null), 200, REPOSITORY + "/actions/runs/{run_id}");
    github.actions().begin(run);
    assertIsDescribed(send("GET", path, null), 200, REPOSITORY + "/actions/runs/{run_id}");
    github.actions().complete(run, "timed_out");
    assertIsDescribed(send("GET", path, null), 200, REPOSITORY + "/actions/runs/{run_id}");
  }

  @Test
  void issuesAreAsDescribed() throws Exception {
    String issues = REPOSITORY + "/issues";
    String issue = issues + "/{issue_number}";
    assertIsDescribed(
        send(
            "POST",
            "/repos/sim/repo/issues",
            "{\"title\":\"t\",\"body\":\"b\",\"labels\":[\"l\"]}"),
        201,
        issues);
    assertIsDescribed(send("POST", "/repos/sim/repo/issues", "{\"title\":\"\"}"), 422, issues);
    assertIsDescribed(send("GET", "/repos/sim/repo/issues?state=all&labels=l", null), 200, issues);
    assertIsDescribed(
        send("PATCH", "/repos/sim/repo/issues/1", "{\"state\":\"closed\"}"), 200, issue);
    assertIsDescribed(send("GET", "/repos/sim/repo/issues/1", null), 200, issue);
    assertIsDescribed(
        send("POST", "/repos/sim/repo/issues/1/comments", "{\"body\":\"c\"}"),
        201,
        issue + "/comments");
    github.issues().switchOff("sim/repo");
    assertIsDescribed(send("POST", "/repos/sim/repo/issues", "{\"title\":\"t\"}"), 410, issues);
  }

  @Test
  void theRateLimitIsAsDescribed() throws Exception {
    assertIsDescribed(get("/rate_limit"), 200, "/rate_limit");
  }

  @Test
  void whatHasNotChangedIsAsDescribed() throws Exception {
    String target = "/repos/sim/repo/pulls?state=all";
    String tag = get(target).headers().firstValue("ETag").orElseThrow();
    assertIsDescribed(get(target, "If-None-Match", tag), 304, REPOSITORY + "/pulls");
  }

  @Test
  void whatIsNotThereIsAsDescribed() throws Exception {
    assertIsDescribed(get("/repos/sim/none"), 404, REPOSITORY);
    assertIsDescribed(
        get("/repos/sim/repo/pulls/1000000"), 404, REPOSITORY + "/pulls/{pull_number}");
  }

  @Test
  void whatHasMovedIsAsDescribed() throws Exception {
    assertIsDescribed(get("/repos/old/name"), 301, REPOSITORY);
  }

  /** GitHub describes 401 for a few requests only, and none of them is simulated. */
  @Test
  void aBadTokenIsRefusedAsDescribed() throws Exception {
    assertIsDescribed(get("/repos/sim/repo", "Authorization", "Bearer bad"), 401, "/user");
  }

  @Test
  void limitsAreToldAsDescribed() throws Exception {
    github.limitNext(Duration.ofSeconds(30));
    assertIsDescribed(get("/repos/sim/repo"), 403, REPOSITORY);
    try (SimulatedGitHub spent =
        SimulatedGitHub.builder().repository(repository).quota(1, Duration.ofHours(1)).start()) {
      URI address = URI.create(spent.url() + "/repos/sim/repo");
      assertThat(send(HttpRequest.newBuilder(address)).statusCode()).isEqualTo(200);
      assertIsDescribed(send(HttpRequest.newBuilder(address)), 403, REPOSITORY);
    }
  }

  @Test
  void aRequestWithoutAnAgentIsRefusedAsDescribed() throws Exception {
    assertIsDescribed(get("/repos/sim/repo", "User-Agent", " "), 403, REPOSITORY);
  }

  @Test
  void aServerErrorIsAsDescribed() throws Exception {
    github.failNext(1, 500);
    int number = repository.numbers().findFirst().orElseThrow();
    assertIsDescribed(
        get("/repos/sim/repo/pulls/" + number), 500, REPOSITORY + "/pulls/{pull_number}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id": "1"}                | validation.response.body.schema.type
          {"state": "merged"}        | validation.response.body.schema.enum
          {"created_at": "today"}    | validation.response.body.schema.format
          {"base": {"sha": 1}}       | validation.response.body.schema.type
          {"titel": "t"}             | validation.response.body.schema.additionalProperties
          {"title": null}            | validation.response.body.schema.type
          """)
  void aWrongAnswerIsFound(String body, String key) {
    Map<String, String> headers = Map.of("Content-Type", "application/json");
    List<String> wrong =
        RestDescription.get()
            .wrongWith("GET", REPOSITORY + "/pulls/{pull_number}", 200, headers, body);
    assertThat(wrong).singleElement().asString().startsWith(key);
  }

  private HttpResponse<String> get(String target, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(github.url() + target));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpResponse<String> post(String target, String authorization) throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(github.url() + target))
            .header("Authorization", authorization)
            .POST(HttpRequest.BodyPublishers.ofString("{}")));
  }

  private HttpResponse<String> send(String method, String target, @Nullable String body)
      throws Exception {
    return send(
        HttpRequest.newBuilder(URI.create(github.url() + target))
            .header("Authorization", "Bearer good")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static void assertIsDescribed(HttpResponse<String> answer, int status, String path) {
    assertThat(answer.statusCode()).as(path).isEqualTo(status);
    Map<String, String> headers = new LinkedHashMap<>();
    answer.headers().map().forEach((name, values) -> headers.put(name, values.get(0)));
    assertThat(
            RestDescription.get()
                .wrongWith(answer.request().method(), path, status, headers, answer.body()))
        .as(answer.uri().getPath())
        .isEmpty();
  }
}
