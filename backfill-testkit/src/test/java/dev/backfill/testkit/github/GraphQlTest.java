package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a simulated GitHub answers to GraphQL, over real HTTP. */
class GraphQlTest {

  private static final String NUMBERS =
      """
      query($first: Int!, $after: String, $by: IssueOrder, $states: [PullRequestState!]) {
        repository(owner: "sim", name: "repo") {
          pullRequests(first: $first, after: $after, orderBy: $by, states: $states) {
            totalCount
            pageInfo { hasNextPage endCursor hasPreviousPage startCursor }
            nodes { number updatedAt }
          }
        }
        rateLimit { limit cost remaining used resetAt nodeCount }
      }
      """;
  private static final Map<String, String> CREATED =
      Map.of("field", "CREATED_AT", "direction", "ASC");
  private static final Map<String, String> UPDATED =
      Map.of("field", "UPDATED_AT", "direction", "DESC");

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo")
          .id(4711)
          .pullRequests(250)
          .formerName("old/name")
          .build();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .token("good", "mona")
          .timeSource(time)
          .graphqlQuota(2_000, Duration.ofHours(1))
          .start();
  private final Client client = new Client(github);

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void aPullRequestIsWhatRestShows() throws Exception {
    String query =
        """
        query($number: Int!) { repository(owner: "sim", name: "repo") { pullRequest(number: $number) {
          id databaseId fullDatabaseId number url title body state isDraft createdAt updatedAt closedAt
          mergedAt author { __typename login url ... on User { databaseId } ... on Bot { databaseId } }
          mergedBy { login } headRefName headRefOid baseRefName baseRefOid additions deletions
          changedFiles commits(first: 1) { totalCount } comments(first: 1) { totalCount }
          totalCommentsCount reviewThreads(first: 1) { totalCount }
          reviews(first: 100) { totalCount nodes {
            databaseId fullDatabaseId state author { login } submittedAt body commit { oid } url } } } } }
        """;
    for (PullRequest expected : repository.pullRequests().limit(60).toList()) {
      Reply reply = client.query(query, "number", expected.number());
      @SuppressWarnings("unchecked")
      Map<String, Object> json =
          (Map<String, Object>) reply.at("data", "repository", "pullRequest");
      PullRequest.Details details = expected.details();
      assertThat(json)
          .containsEntry("databaseId", null)
          .containsEntry("fullDatabaseId", Long.toString(expected.githubId()))
          .containsEntry("title", expected.title())
          .containsEntry("body", text(expected.body()))
          .containsEntry("isDraft", expected.draft())
          .containsEntry("createdAt", expected.createdAt().toString())
          .containsEntry("updatedAt", expected.updatedAt().toString())
          .containsEntry("mergedAt", string(expected.mergedAt()))
          .containsEntry("headRefOid", expected.headSha())
          .containsEntry("additions", (long) details.additions())
          .containsEntry("commits", Map.of("totalCount", (long) details.commits()))
          .containsEntry("comments", Map.of("totalCount", (long) details.comments()))
          .containsEntry(
              "totalCommentsCount", (long) details.comments() + details.reviewComments());
      assertThat(json.get("state"))
          .isEqualTo(expected.merged() ? "MERGED" : expected.open() ? "OPEN" : "CLOSED");
      assertThat(login(json.get("author"))).isEqualTo(login(expected.author()));
      assertThat(login(json.get("mergedBy"))).isEqualTo(login(details.mergedBy()));
      List<Review> reviews = expected.reviews().stream().limit(100).toList();
      assertThat(reply.at("data", "repository", "pullRequest", "reviews", "totalCount"))
          .isEqualTo((long) expected.reviews().size());
      for (int i = 0; i < reviews.size(); i++) {
        Review review = reviews.get(i);
        Map<?, ?> found =
            (Map<?, ?>) reply.at("data", "repository", "pullRequest", "reviews", "nodes", i);
        assertThat(found.get("fullDatabaseId")).isEqualTo(Long.toString(review.githubId()));
        assertThat(found.get("state")).isEqualTo(review.state());
        assertThat(found.get("submittedAt")).isEqualTo(string(review.submittedAt()));
        assertThat(found.get("body")).isEqualTo(review.body());
        assertThat(login(found.get("author"))).isEqualTo(login(review.author()));
      }
    }
  }

  @Test
  void pagesFollowEachOther() throws Exception {
    assertThat(numbers(30, CREATED)).isEqualTo(repository.numbers().boxed().toList());
    assertThat(numbers(30, UPDATED))
        .isEqualTo(
            repository
                .listedPullRequests()
                .sorted(
                    Comparator.<PullRequest, java.time.Instant>comparing(pull -> pull.updatedAt())
                        .thenComparing(pull -> pull.number())
                        .reversed())
                .map(pull -> pull.number())
                .toList());
    assertThat(github.requests(Endpoint.GRAPHQL)).isEqualTo(18);
  }

  @Test
  void aPlaceInTheOrderSurvivesChanges() throws Exception {
    Reply first = client.query(NUMBERS, "first", 50, "by", UPDATED);
    Object cursor = first.at("data", "repository", "pullRequests", "pageInfo", "endCursor");
    Object next =
        client
            .query(NUMBERS, "first", 5, "by", UPDATED, "after", cursor)
            .at("data", "repository", "pullRequests", "nodes");
    List<Integer> rest = numbers(50, UPDATED);
    repository.touch(rest.get(200));
    repository.touch(rest.get(49));
    repository.addPullRequests(3);
    assertThat(
            client
                .query(NUMBERS, "first", 5, "by", UPDATED, "after", cursor)
                .at("data", "repository", "pullRequests", "nodes"))
        .isEqualTo(next);
    Reply wrong = client.query(NUMBERS, "first", 5, "by", CREATED, "after", cursor);
    assertThat(wrong.errorTypes()).containsExactly("INVALID_CURSOR_ARGUMENTS");
  }

  @Test
  void statesAndBackwardPages() throws Exception {
    Reply open = client.query(NUMBERS, "first", 100, "by", CREATED, "states", List.of("OPEN"));
    assertThat(open.at("data", "repository", "pullRequests", "totalCount"))
        .isEqualTo(repository.listedPullRequests().filter(pull -> pull.open()).count());
    Reply last =
        client.query(
            "{ repository(owner: \"sim\", name: \"repo\") { pullRequests(last: 3) {"
                + " pageInfo { hasNextPage hasPreviousPage } edges { cursor node { number } } } } }");
    assertThat(last.at("data", "repository", "pullRequests", "edges", 2, "node", "number"))
        .isEqualTo((long) repository.numbers().max().orElseThrow());
    assertThat(last.at("data", "repository", "pullRequests", "pageInfo"))
        .isEqualTo(Map.of("hasNextPage", false, "hasPreviousPage", true));
  }

  @ParameterizedTest
  @CsvSource({"10,1", "25,1", "50,2", "100,3"})
  void aPageCostsWhatTheFormulaSays(int size, long points) throws Exception {
    Reply reply =
        client.query(
            """
            query($first: Int!) { repository(owner: "sim", name: "repo") {
              pullRequests(first: $first) { nodes { number
                reviews(first: 20) { nodes { state } } comments(first: 20) { totalCount }
                reviewThreads(first: 20) { totalCount } } } }
              rateLimit { limit cost remaining used nodeCount } }
            """,
            "first",
            size);
    assertThat(reply.at("data", "rateLimit"))
        .isEqualTo(
            Map.of(
                "limit",
                2_000L,
                "cost",
                points,
                "remaining",
                2_000 - points,
                "used",
                points,
                "nodeCount",
                size * 61L));
    assertThat(reply.header("x-ratelimit-resource")).isEqualTo("graphql");
    assertThat(reply.header("x-ratelimit-remaining")).isEqualTo("" + (2_000 - points));
    assertThat(github.points()).isEqualTo(points);
    assertThat(github.quotaSpent(QuotaResource.CORE)).isZero();
  }

  @Test
  void pagesHaveBounds() throws Exception {
    String repository = "{ repository(owner: \"sim\", name: \"repo\") { ";
    assertThat(client.query(repository + "pullRequests { nodes { number } } } }").errorTypes())
        .containsExactly("MISSING_PAGINATION_BOUNDARIES");
    assertThat(client.query(NUMBERS, "first", 101).errorTypes())
        .containsExactly("EXCESSIVE_PAGINATION");
    assertThat(client.query(NUMBERS, "first", 0).errorTypes()).containsExactly("ARGUMENT_LIMIT");
    assertThat(client.query(repository + "pullRequests { totalCount } } }").errorTypes()).isEmpty();
    Reply invalid = client.query("{ nothing }");
    assertThat(invalid.status()).isEqualTo(200);
    assertThat(invalid.at("errors", 0, "message").toString()).contains("nothing");
    assertThat(client.query("{").status()).isEqualTo(200);
  }

  @Test
  void aFormerNameResolvesAndAnUnknownOneDoesNot() throws Exception {
    Reply former =
        client.query("{ repository(owner: \"old\", name: \"name\") { nameWithOwner databaseId } }");
    assertThat(former.at("data", "repository"))
        .isEqualTo(Map.of("nameWithOwner", "sim/repo", "databaseId", 4711L));
    Reply unknown = client.query("{ repository(owner: \"x\", name: \"y\") { id } }");
    assertThat(unknown.status()).isEqualTo(200);
    assertThat(unknown.at("data", "repository")).isNull();
    assertThat(unknown.at("errors", 0))
        .isEqualTo(
            Map.of(
                "type", "NOT_FOUND",
                "path", List.of("repository"),
                "message", "Could not resolve to a Repository with the name 'x/y'."));
    assertThat(client.query("{ viewer { login } }").at("data", "viewer", "login"))
        .isEqualTo("mona");
  }

  @Test
  void nobodyAsksWithoutAToken() throws Exception {
    byte[] body = "{\"query\": \"{ viewer { login } }\"}".getBytes(StandardCharsets.UTF_8);
    assertThat(client.post("/graphql", body, "Accept", "*/*").status()).isEqualTo(401);
    assertThat(client.post("/api/graphql", body, "Authorization", "bearer good").status())
        .isEqualTo(200);
  }

  private List<Integer> numbers(int size, Map<String, String> by) throws Exception {
    List<Integer> numbers = new ArrayList<>();
    Object cursor = "";
    for (boolean more = true; more; ) {
      Reply reply =
          cursor.equals("")
              ? client.query(NUMBERS, "first", size, "by", by)
              : client.query(NUMBERS, "first", size, "by", by, "after", cursor);
      for (Object node : nodes(reply)) {
        numbers.add(Math.toIntExact((Long) ((Map<?, ?>) node).get("number")));
      }
      cursor = reply.at("data", "repository", "pullRequests", "pageInfo", "endCursor");
      more = (Boolean) reply.at("data", "repository", "pullRequests", "pageInfo", "hasNextPage");
    }
    return numbers;
  }

  private static List<?> nodes(Reply reply) throws IOException {
    return (List<?>) reply.at("data", "repository", "pullRequests", "nodes");
  }

  private static String text(String text) {
    return text == null ? "" : text;
  }

  private static String string(Object value) {
    return value == null ? null : value.toString();
  }

  private static Object login(Object actor) {
    return actor == null ? null : ((Map<?, ?>) actor).get("login");
  }

  private static Object login(Account account) {
    return account == null || account.equals(Accounts.GHOST)
        ? null
        : account.login().replace("[bot]", "");
  }
}
