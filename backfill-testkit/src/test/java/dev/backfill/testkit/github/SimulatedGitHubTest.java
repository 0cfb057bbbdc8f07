package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a simulated GitHub answers, over real HTTP. */
class SimulatedGitHubTest {

  private static final String ASCENDING =
      "/repos/sim/repo/pulls?state=all&sort=created&direction=asc&per_page=100";

  private final SimulatedRepository repository =
      SimulatedRepository.builder("sim/repo")
          .id(4711)
          .pullRequests(250)
          .formerName("old/name")
          .build();
  private final SimulatedRepository secret =
      SimulatedRepository.builder("sim/secret").id(4712).pullRequests(3).isPrivate(true).build();
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder()
          .repository(repository, secret)
          .token("good")
          .timeSource(time)
          .start();
  private final Client client = new Client(github);

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void theListIsWhatIsExpected() throws Exception {
    assertThat(client.all(ASCENDING).stream().map(json -> Read.pullRequest(json, null)))
        .isEqualTo(repository.listedPullRequests().toList());
    assertThat(github.requests(Endpoint.PULL_REQUESTS)).isEqualTo(3);
  }

  @Test
  void detailsAndReviewsAreWhatIsExpected() throws Exception {
    List<PullRequest> found = new ArrayList<>();
    for (int number : repository.numbers().limit(60).toArray()) {
      String one = "/repos/sim/repo/pulls/" + number;
      List<Review> reviews =
          client.all(one + "/reviews?per_page=100").stream()
              .map(json -> Read.review(json, number))
              .toList();
      found.add(Read.pullRequest(client.get(one).object(), reviews));
    }
    assertThat(found).isEqualTo(repository.pullRequests().limit(60).toList());
  }

  @Test
  void commentsAreWhatIsExpected() throws Exception {
    assertThat(
            client.all("/repos/sim/repo/pulls/comments?per_page=100").stream()
                .map(json -> Read.reviewComment(json, repository.repository())))
        .isEqualTo(repository.reviewComments().toList());
    assertThat(
            client.all("/repos/sim/repo/issues/comments?per_page=100").stream()
                .map(json -> Read.issueComment(json, repository.repository())))
        .isEqualTo(repository.issueComments().toList());
  }

  @Test
  void theRepositoryIsFoundByNameAndById() throws Exception {
    assertThat(Read.repository(client.get("/repos/Sim/Repo").object()))
        .isEqualTo(repository.repository());
    assertThat(Read.repository(client.get("/repositories/4711").object()))
        .isEqualTo(repository.repository());
  }

  @Test
  void pagesAreLinkedAsGitHubLinksThem() throws Exception {
    Reply first = client.get(ASCENDING);
    String page =
        github.url() + "/repositories/4711/pulls?state=all&sort=created&direction=asc&per_page=100";
    assertThat(first.header("link"))
        .isEqualTo("<%s&page=2>; rel=\"next\", <%s&page=3>; rel=\"last\"".formatted(page, page));
    Reply last = client.get(first.link("last"));
    assertThat(last.list()).hasSize(50);
    assertThat(last.link("next")).isEmpty();
    assertThat(last.link("prev")).isEqualTo(page + "&page=2");
    assertThat(last.link("first")).isEqualTo(page + "&page=1");
    assertThat(client.get(page + "&page=9").list()).isEmpty();
  }

  @Test
  void aPageHasThirtyOpenOnesNewestFirstUnlessAskedOtherwise() throws Exception {
    List<Integer> open = new ArrayList<>(numbers(true));
    Collections.reverse(open);
    assertThat(numbers(client.get("/repos/sim/repo/pulls").list()))
        .isEqualTo(open.subList(0, Math.min(30, open.size())));
    assertThat(client.get("/repos/sim/repo/pulls?state=all").list()).hasSize(30);
    assertThat(client.get("/repos/sim/repo/pulls?state=all&per_page=1000").list()).hasSize(100);
    assertThat(numbers(client.all("/repos/sim/repo/pulls?state=closed&direction=asc")))
        .isEqualTo(numbers(false));
  }

  @Test
  void theLatestChangeComesFirstWhenAskedFor() throws Exception {
    int touched = repository.numbers().skip(20).findFirst().orElseThrow();
    String latest = "/repos/sim/repo/pulls?state=all&sort=updated&direction=desc&per_page=100";
    assertThat(client.all(latest).stream().map(json -> (String) json.get("updated_at")))
        .isSortedAccordingTo(Collections.reverseOrder())
        .hasSize(250);
    repository.touch(touched);
    assertThat(numbers(client.get(latest).list())).startsWith(touched);
  }

  @Test
  void commentsSinceATimeAreThoseThatChangedSince() throws Exception {
    String since =
        repository.issueComments().skip(100).findFirst().orElseThrow().updatedAt().toString();

    List<Map<String, Object>> found =
        client.all("/repos/sim/repo/issues/comments?per_page=100&sort=updated&since=" + since);
    long expected =
        repository
            .issueComments()
            .filter(comment -> comment.updatedAt().toString().compareTo(since) >= 0)
            .count();
    assertThat(found).hasSize((int) expected);
    assertThat(found.stream().map(json -> (String) json.get("updated_at"))).isSorted();
  }

  @Test
  void aFormerNameRedirectsToTheId() throws Exception {
    Reply reply = client.get("/repos/old/name/pulls?state=all&page=2");
    assertThat(reply.status()).isEqualTo(301);
    assertThat(reply.header("location"))
        .isEqualTo(github.url() + "/repositories/4711/pulls?state=all&page=2");
    repository.renameTo("new/name");
    assertThat(client.get("/repos/sim/repo").status()).isEqualTo(301);
    assertThat(client.get("/repos/new/name").object()).containsEntry("full_name", "new/name");
  }

  @Test
  void whatDoesNotExistIsNotFound() throws Exception {
    int issue =
        repository.numbers().filter(n -> !repository.has(n + 1)).findFirst().orElseThrow() + 1;
    for (String path :
        List.of(
            "/repos/sim/none",
            "/repositories/1/pulls",
            "/repos/sim/repo/pulls/",
            "/repos/sim/repo/pulls/" + issue,
            "/repos/sim/repo/pulls/999999/reviews",
            "/nothing")) {
      Reply reply = client.get(path);
      assertThat(reply.status()).as(path).isEqualTo(404);
      assertThat(reply.object()).containsEntry("message", "Not Found");
    }
  }

  @Test
  void tokensAreChecked() throws Exception {
    Reply bad = client.get("/repos/sim/repo", "Authorization", "Bearer bad");
    assertThat(bad.status()).isEqualTo(401);
    assertThat(bad.object()).containsEntry("message", "Bad credentials");
    assertThat(client.get("/repos/sim/repo").status()).isEqualTo(200);
    assertThat(client.get("/repos/sim/secret").status()).isEqualTo(404);
    assertThat(client.get("/repos/sim/secret", "Authorization", "token good").status())
        .isEqualTo(200);
    assertThat(github.log().toString()).doesNotContain("good").doesNotContain("bad");
  }

  @Test
  void aRequestWithoutAUserAgentIsRefused() throws Exception {
    Reply reply = client.get("/repos/sim/repo", "User-Agent", "");
    assertThat(reply.status()).isEqualTo(403);
    assertThat(reply.text()).contains("User-Agent");
  }

  @Test
  void compressedOnlyWhenAskedFor() throws Exception {
    Reply plain = client.get(ASCENDING);
    Reply compressed = client.get(ASCENDING, "Accept-Encoding", "gzip");
    assertThat(plain.header("content-encoding")).isEmpty();
    assertThat(compressed.header("content-encoding")).isEqualTo("gzip");
    assertThat(compressed.bytes()).isEqualTo(plain.bytes());
    assertThat(compressed.http().body().length).isLessThan(plain.bytes().length / 3);
  }

  @Test
  void theHeadersAreGitHubs() throws Exception {
    Reply reply = client.get("/repos/sim/repo");
    assertThat(reply.header("date")).isEqualTo("Thu, 01 Jan 2026 00:00:00 GMT");
    assertThat(reply.header("content-type")).isEqualTo("application/json; charset=utf-8");
    assertThat(reply.header("x-github-request-id")).isNotBlank();
    assertThat(reply.header("x-ratelimit-limit")).isEqualTo("5000");
    assertThat(reply.header("x-ratelimit-remaining")).isEqualTo("4999");
    assertThat(reply.header("x-ratelimit-used")).isEqualTo("1");
    assertThat(reply.header("x-ratelimit-resource")).isEqualTo("core");
    assertThat(reply.header("x-ratelimit-reset"))
        .isEqualTo(Long.toString(time.now().plus(Duration.ofHours(1)).getEpochSecond()));
  }

  @Test
  void whatDidNotChangeCostsNothing() throws Exception {
    Reply first = client.get(ASCENDING);
    Reply second = client.get(ASCENDING, "If-None-Match", first.header("etag"));
    assertThat(second.status()).isEqualTo(304);
    assertThat(second.http().body()).isEmpty();
    assertThat(second.header("x-ratelimit-remaining")).isEqualTo("4999");
    repository.touch(repository.numbers().findFirst().orElseThrow());
    assertThat(client.get(ASCENDING, "If-None-Match", first.header("etag")).status())
        .isEqualTo(200);
  }

  private List<Integer> numbers(boolean open) {
    return repository
        .listedPullRequests()
        .filter(pull -> pull.open() == open)
        .map(pull -> pull.number())
        .toList();
  }

  private static List<Integer> numbers(List<Map<String, Object>> list) {
    return list.stream().map(json -> Math.toIntExact((Long) json.get("number"))).toList();
  }
}
