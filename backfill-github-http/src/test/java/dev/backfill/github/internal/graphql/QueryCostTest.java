package dev.backfill.github.internal.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.github.internal.rest.PullRequestList;
import dev.backfill.testkit.github.SimulatedGitHub;
import dev.backfill.testkit.github.SimulatedRepository;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The price of the queries as this program works it out, and as GitHub charges it. */
class QueryCostTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static SimulatedGitHub github;

  @BeforeAll
  static void start() {
    github = SimulatedGitHub.builder().repository(SimulatedRepository.of("sim/repo", 120)).start();
  }

  @AfterAll
  static void stop() {
    github.close();
  }

  @ParameterizedTest
  @CsvSource({
    // 1 + 3 connections a pull request, by a hundred
    "1, true, true, 1",
    "10, true, true, 1",
    "25, true, true, 1",
    "50, true, true, 2",
    "100, true, true, 3",
    "50, false, true, 1",
    "100, false, true, 1",
    "50, true, false, 1",
    "75, true, false, 2",
    "100, true, false, 2",
    "100, false, false, 1"
  })
  void requirement18_aPageIsChargedWhatTheFormulaSays(
      int size, boolean details, boolean reviews, long points) throws Exception {
    Set<String> extras = new HashSet<>();
    if (details) {
      extras.add(PullRequestList.DETAILS);
    }
    if (reviews) {
      extras.add(PullRequestList.REVIEWS);
    }
    assertThat(PullRequestQuery.points(size, extras)).isEqualTo(points);
    assertThat(
            charged(
                Queries.PULL_REQUESTS,
                Map.of("first", size, "details", details, "reviews", reviews, "order", order())))
        .isEqualTo(points);
  }

  @Test
  void requirement18_everyQueryIsChargedWhatTheFormulaSays() throws Exception {
    assertCharged(Queries.PULL_REQUEST_COUNT, Map.of());
    assertCharged(Queries.PULL_REQUEST_NUMBERS, Map.of("first", 100, "order", order()));
    assertCharged(Queries.REVIEWS, Map.of("first", 100, "number", 1));
  }

  @Test
  void connectionsWithinConnectionsMultiply() {
    String query =
        """
        query Q($first: Int!, $more: Boolean!) {
          repository(owner: "o", name: "n") {
            pullRequests(first: $first) {
              nodes {
                title @include(if: $more)
                threads(first: 20) {
                  nodes {
                    comments(first: 10) @include(if: $more) {
                      nodes { author { login } }
                    }
                  }
                }
              }
            }
          }
        }
        """;
    assertThat(QueryCost.points(query, Map.of("first", 25, "more", true)))
        .as("1 + 25 + 25 * 20")
        .isEqualTo(5);
    assertThat(QueryCost.points(query, Map.of("first", 100, "more", true)))
        .as("1 + 100 + 100 * 20")
        .isEqualTo(21);
    assertThat(QueryCost.points(query, Map.of("first", 100, "more", false)))
        .as("1 + 100")
        .isEqualTo(1);
  }

  private static Map<String, String> order() {
    return Map.of("field", "CREATED_AT", "direction", "ASC");
  }

  private static void assertCharged(String query, Map<String, Object> variables) throws Exception {
    assertThat(charged(query, variables)).isEqualTo(QueryCost.points(query, variables));
  }

  private static long charged(String query, Map<String, ?> variables) throws Exception {
    Map<String, Object> all = new HashMap<>(variables);
    all.put("owner", "sim");
    all.put("name", "repo");
    long before = github.points();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(github.url() + "/graphql"))
            .header("Authorization", "Bearer token")
            .header("User-Agent", "test")
            .POST(
                HttpRequest.BodyPublishers.ofByteArray(
                    JSON.writeValueAsBytes(Map.of("query", query, "variables", all))))
            .build();
    JsonNode answer =
        JSON.readTree(
            HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
    long cost = answer.path("data").path("rateLimit").path("cost").asLong(-1);
    assertThat(cost).as(answer.toString()).isEqualTo(github.points() - before);
    return cost;
  }
}
