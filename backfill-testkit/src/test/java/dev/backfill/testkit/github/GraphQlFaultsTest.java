package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes wrong with GraphQL, over real HTTP. */
class GraphQlFaultsTest {

  private static final String PAGE =
      """
      query($first: Int!) { repository(owner: "sim", name: "repo") { nameWithOwner
        pullRequests(first: $first) { edges { cursor node { number title } } } } }
      """;
  private static final String ONE =
      """
      query($number: Int!) { repository(owner: "sim", name: "repo") {
        pullRequest(number: $number) { number title } } }
      """;

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 60);
  private final ManualTimeSource time =
      new ManualTimeSource(Instant.parse("2026-01-01T00:00:00.4Z"));
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository)
          .timeSource(time)
          .graphqlQuota(3, Duration.ofSeconds(10))
          .start();
  private final Client client = new Client(github);
  private final int third = repository.numbers().skip(2).findFirst().orElseThrow();

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void aSpentQuotaIsToldWith200() throws Exception {
    for (int remaining = 2; remaining >= 0; remaining--) {
      assertThat(client.query(PAGE, "first", 5).header("x-ratelimit-remaining"))
          .isEqualTo("" + remaining);
    }
    Reply limited = client.query(PAGE, "first", 5);
    assertThat(limited.status()).isEqualTo(200);
    assertThat(limited.errorTypes()).containsExactly("RATE_LIMITED");
    assertThat(limited.object()).doesNotContainKey("data");
    assertThat(limited.header("x-ratelimit-remaining")).isEqualTo("0");
    github.graphqlLimitType("RATE_LIMIT");
    assertThat(client.query(PAGE, "first", 5).errorTypes()).containsExactly("RATE_LIMIT");
    assertThat(github.violations()).isEqualTo(1);
    assertThat(github.points()).isEqualTo(3);

    Reply rest = client.get("/repos/sim/repo", "Authorization", "bearer good");
    assertThat(rest.status()).isEqualTo(200);
    assertThat(rest.header("x-ratelimit-resource")).isEqualTo("core");
    time.advance(Duration.ofSeconds(11));
    assertThat(client.query(PAGE, "first", 5).errorTypes()).isEmpty();
  }

  @Test
  void secondaryLimitsComeInAllTheirForms() throws Exception {
    Limit limit = Limit.of(Duration.ofSeconds(5)).on(QuotaResource.GRAPHQL);
    github.limitNext(limit.status(200).retryAfter(Limit.RetryAfter.ABSENT));
    assertThat(client.get("/repos/sim/repo", "Authorization", "bearer good").status())
        .isEqualTo(200);
    Reply asData = client.query(PAGE, "first", 5);
    assertThat(asData.status()).isEqualTo(200);
    assertThat(asData.errorTypes()).containsExactly("RATE_LIMITED");
    assertThat(asData.text()).contains("secondary rate limit");
    assertThat(asData.header("retry-after")).isEmpty();
    assertThat(asData.header("x-ratelimit-remaining")).isEqualTo("3");
    time.advance(Duration.ofSeconds(5));

    github.limitNext(limit.status(429).retryAfter(Limit.RetryAfter.DATE));
    Reply dated = client.query(PAGE, "first", 5);
    assertThat(dated.status()).isEqualTo(429);
    assertThat(dated.header("retry-after")).isEqualTo("Thu, 01 Jan 2026 00:00:11 GMT");
    time.advance(Duration.ofSeconds(6));

    github.limitNext(limit);
    assertThat(client.query(PAGE, "first", 5).status()).isEqualTo(403);
    assertThat(github.violations()).isZero();
    assertThat(client.query(PAGE, "first", 5).header("retry-after")).isEqualTo("5");
    assertThat(github.violations()).isEqualTo(1);
  }

  @Test
  void largePagesFail() throws Exception {
    github.graphqlFailsAbove(10, 504);
    Reply failed = client.query(PAGE, "first", 11);
    assertThat(failed.status()).isEqualTo(504);
    assertThat(failed.text()).startsWith("<!DOCTYPE html>");
    assertThat(client.query(PAGE, "first", 10).status()).isEqualTo(200);
  }

  @Test
  void largePagesComeWithoutTheirNodes() throws Exception {
    github.graphqlResourceLimitAbove(10);
    Reply partial = client.query(PAGE, "first", 12);
    assertThat(partial.status()).isEqualTo(200);
    List<?> edges = (List<?>) partial.at("data", "repository", "pullRequests", "edges");
    assertThat(edges).hasSize(12).allMatch(edge -> ((Map<?, ?>) edge).get("node") == null);
    assertThat(edges).allMatch(edge -> ((Map<?, ?>) edge).get("cursor") != null);
    assertThat(partial.errorTypes()).isEqualTo(Collections.nCopies(12, "RESOURCE_LIMITS_EXCEEDED"));
    assertThat(partial.at("errors", 3))
        .isEqualTo(
            Map.of(
                "type", "RESOURCE_LIMITS_EXCEEDED",
                "path", List.of("repository", "pullRequests", "edges", 3L, "node"),
                "message", "Resource limits for this query exceeded."));
    assertThat(client.query(PAGE, "first", 10).errorTypes()).isEmpty();

    github.graphqlResourceLimitNullsListAbove(10);
    Reply nothing = client.query(PAGE, "first", 12);
    assertThat(nothing.at("data", "repository")).isNull();
    assertThat(nothing.errorTypes()).containsExactly("RESOURCE_LIMITS_EXCEEDED");
    assertThat(nothing.at("errors", 0, "path")).isEqualTo(List.of("repository", "pullRequests"));
  }

  @Test
  void aPoisonedPullRequestFailsEveryQueryThatNeedsIt() throws Exception {
    github.poison(third);
    assertThat(client.query(PAGE, "first", 2).status()).isEqualTo(200);
    assertThat(client.query(PAGE, "first", 3).status()).isEqualTo(502);
    time.advance(Duration.ofSeconds(11));
    assertThat(client.query(ONE, "number", third).status()).isEqualTo(502);
    assertThat(client.query(PAGE.replace("number title", "number"), "first", 3).status())
        .isEqualTo(200);
    github.heal(third);
    assertThat(client.query(ONE, "number", third).status()).isEqualTo(200);
  }

  @Test
  void aBrokenNodeIsNullAndTheOthersAreFine() throws Exception {
    github.brokenNode(third);
    Reply page = client.query(PAGE, "first", 4);
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.at("data", "repository", "pullRequests", "edges", 2, "node")).isNull();
    assertThat(page.at("data", "repository", "pullRequests", "edges", 3, "node")).isNotNull();
    assertThat((List<?>) page.at("errors")).hasSize(1);
    assertThat(page.at("errors", 0, "path"))
        .isEqualTo(List.of("repository", "pullRequests", "edges", 2L, "node"));
    Reply nodes =
        client.query(
            PAGE.replace("edges { cursor node { number title } }", "nodes { title }"), "first", 4);
    assertThat(nodes.at("data", "repository", "pullRequests", "nodes", 2)).isNull();
    assertThat(nodes.at("errors", 0, "path"))
        .isEqualTo(List.of("repository", "pullRequests", "nodes", 2L));
    Reply alone = client.query(ONE, "number", third);
    assertThat(alone.at("data", "repository", "pullRequest")).isNull();
    assertThat(alone.at("errors", 0, "path")).isEqualTo(List.of("repository", "pullRequest"));
    assertThat(client.get("/repos/sim/repo/pulls/" + third).status()).isEqualTo(200);
    github.heal(third);
    time.advance(Duration.ofSeconds(11));
    assertThat(client.query(ONE, "number", third).errorTypes()).isEmpty();
  }

  @Test
  void serversWithoutLimitsSayNothingOfThem() throws Exception {
    String query = "{ rateLimit { limit remaining cost } }";
    try (SimulatedGitHub silent = SimulatedGitHub.builder().withoutLimits().start()) {
      Client other = new Client(silent);
      Reply reply = other.query(query);
      assertThat(reply.at("data", "rateLimit")).isNull();
      assertThat(reply.http().headers().map().keySet()).noneMatch(n -> n.contains("ratelimit"));
      assertThat(other.get("/rate_limit").status()).isEqualTo(404);
    }
    try (SimulatedGitHub zero =
        SimulatedGitHub.builder().withZeroLimits().repository(repository).start()) {
      Client other = new Client(zero);
      assertThat(other.query(query).at("data", "rateLimit"))
          .isEqualTo(Map.of("limit", 0L, "remaining", 0L, "cost", 1L));
      Reply rest = other.get("/repos/sim/repo");
      assertThat(rest.status()).isEqualTo(200);
      assertThat(rest.header("x-ratelimit-limit")).isEqualTo("0");
      assertThat(rest.header("x-ratelimit-remaining")).isEqualTo("0");
    }
  }
}
