package dev.backfill.testkit.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Review;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.testkit.ManualTimeSource;
import dev.backfill.testkit.github.Client.Reply;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A repository that changes while it is read, over real HTTP. */
class ChangesTest {

  private static final String ALL = "/repos/sim/repo/pulls?state=all&per_page=100";
  private static final String LATEST = ALL + "&sort=updated&direction=desc";
  private static final String ON_LINES = "/repos/sim/repo/pulls/comments";
  private static final String IN_CONVERSATIONS = "/repos/sim/repo/issues/comments";

  private final SimulatedRepository repository = SimulatedRepository.of("sim/repo", 250);
  private final ManualTimeSource time = new ManualTimeSource();
  private final SimulatedGitHub github =
      SimulatedGitHub.builder().repository(repository).timeSource(time).start();
  private final Client client = new Client(github);
  private final int number = repository.numbers().skip(10).findFirst().orElseThrow();

  @AfterEach
  void close() {
    github.close();
  }

  @Test
  void addedReviewsArriveAndChangeTheirPullRequest() throws Exception {
    int before = repository.pullRequest(number).reviews().size();
    long total = repository.reviewCount();
    long last = repository.addReviews(number, 260);
    PullRequest changed = repository.pullRequest(number);
    assertThat(changed.reviews()).hasSize(before + 260);
    assertThat(changed.reviews().get(before + 259).githubId()).isEqualTo(last);
    assertThat(changed.reviews().stream().map(Review::githubId)).doesNotHaveDuplicates();
    assertThat(changed.updatedAt()).isEqualTo(time.now());
    assertThat(repository.reviewCount()).isEqualTo(total + 260);
    assertThat(repository.reviews()).hasSize((int) total + 260);
    assertThat(
            client.all("/repos/sim/repo/pulls/" + number + "/reviews?per_page=100").stream()
                .map(json -> Read.review(json, number)))
        .isEqualTo(changed.reviews());
    assertThat(
            client
                .query(
                    "query($n: Int!) { repository(owner: \"sim\", name: \"repo\") {"
                        + " pullRequest(number: $n) { reviews(last: 1) { totalCount"
                        + " nodes { fullDatabaseId } } } } }",
                    "n",
                    number)
                .at("data", "repository", "pullRequest", "reviews"))
        .isEqualTo(
            Map.of(
                "totalCount",
                before + 260L,
                "nodes",
                List.of(Map.of("fullDatabaseId", Long.toString(last)))));
    assertThat(client.get(LATEST).list().get(0)).containsEntry("number", (long) number);
  }

  @Test
  void addedCommentsAreTheLastOnesAndStayWhereTheyAre() throws Exception {
    List<ReviewComment> onLines = repository.reviewComments().toList();
    List<IssueComment> inConversations = repository.issueComments().toList();
    long onLine = repository.addReviewComment(number);
    long inConversation = repository.addIssueComment(number);
    time.advance(Duration.ofMinutes(1));
    repository.addPullRequests(20);
    long later = repository.addReviewComment(number);

    assertThat(repository.reviewComments()).startsWith(onLines.toArray(new ReviewComment[0]));
    assertThat(repository.issueComments()).startsWith(inConversations.toArray(new IssueComment[0]));
    List<ReviewComment> now = repository.reviewComments().toList();
    assertThat(now).hasSize((int) repository.reviewCommentCount());
    assertThat(now.get(onLines.size()).githubId()).isEqualTo(onLine);
    assertThat(now.get(now.size() - 1).githubId()).isEqualTo(later);
    assertThat(now.stream().map(ReviewComment::githubId)).isSorted().doesNotHaveDuplicates();
    assertThat(now.stream().map(comment -> comment.createdAt())).isSorted();
    assertThat(
            client.all(ON_LINES + "?per_page=100").stream()
                .map(json -> Read.reviewComment(json, repository.repository())))
        .isEqualTo(now);
    assertThat(repository.pullRequests().mapToLong(pull -> pull.details().reviewComments()).sum())
        .isEqualTo(repository.reviewCommentCount());
    assertThat(
            Read.issueComment(
                client.get(IN_CONVERSATIONS + "/" + inConversation).object(),
                repository.repository()))
        .isEqualTo(repository.issueComments().skip(inConversations.size()).findFirst().get());
  }

  @Test
  void aChangedCommentIsFoundSinceItsChange() throws Exception {
    long onLine = repository.reviewComments().skip(7).findFirst().orElseThrow().githubId();
    long inConversation = repository.issueComments().skip(7).findFirst().orElseThrow().githubId();
    String since = "?sort=updated&direction=asc&since=" + time.now();
    String commentsSince = ON_LINES + since;
    Reply none = client.get(commentsSince);
    assertThat(none.list()).isEmpty();
    repository.touchReviewComment(onLine);
    repository.touchIssueComment(inConversation);
    Reply found = client.get(commentsSince, "If-None-Match", none.header("etag"));
    assertThat(found.list()).extracting(json -> json.get("id")).containsExactly(onLine);
    assertThat(client.get(IN_CONVERSATIONS + since).list())
        .extracting(json -> json.get("id"))
        .containsExactly(inConversation);
    assertThat(client.get(ON_LINES + "/" + onLine).object())
        .containsEntry("updated_at", time.now().toString());
    assertThat(client.get(ON_LINES + "/1").status()).isEqualTo(404);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> repository.touchIssueComment(onLine))
        .withMessageContaining("no comment " + onLine);

    long spent = github.quotaSpent(QuotaResource.CORE);
    Reply same = client.get(commentsSince, "If-None-Match", found.header("etag"));
    assertThat(same.status()).isEqualTo(304);
    Reply page = client.get(LATEST + "&page=2");
    assertThat(client.get(LATEST + "&page=2", "If-None-Match", page.header("etag")).status())
        .isEqualTo(304);
    assertThat(github.quotaSpent(QuotaResource.CORE)).isEqualTo(spent + 1);
  }

  @Test
  void aDeletedPullRequestIsGoneWithAllThatBelongsToIt() throws Exception {
    String cursor =
        (String)
            client
                .query(
                    "{ repository(owner: \"sim\", name: \"repo\") { pullRequests(first: 11) {"
                        + " pageInfo { endCursor } } } }")
                .at("data", "repository", "pullRequests", "pageInfo", "endCursor");
    repository.deletePullRequest(number);
    assertThat(repository.pullRequestCount()).isEqualTo(249);
    assertThat(repository.numbers()).hasSize(249).doesNotContain(number);
    assertThat(repository.reviews()).hasSize((int) repository.reviewCount());
    assertThat(repository.reviewComments()).hasSize((int) repository.reviewCommentCount());
    assertThat(repository.issueComments())
        .hasSize((int) repository.issueCommentCount())
        .noneMatch(comment -> comment.issueNumber() == number);
    assertThat(client.get("/repos/sim/repo/pulls/" + number).status()).isEqualTo(404);
    assertThat(
            client.all(ALL + "&sort=created&direction=asc").stream()
                .map(json -> Read.pullRequest(json, null)))
        .isEqualTo(repository.listedPullRequests().toList());
    assertThat(client.all(LATEST)).hasSize(249);
    assertThat(
            client
                .query(
                    "query($c: String) { repository(owner: \"sim\", name: \"repo\") {"
                        + " pullRequests(first: 1, after: $c) { totalCount nodes { number } } } }",
                    "c",
                    cursor)
                .at("data", "repository", "pullRequests"))
        .isEqualTo(
            Map.of(
                "totalCount",
                249L,
                "nodes",
                List.of(
                    Map.of(
                        "number", (long) repository.numbers().skip(10).findFirst().getAsInt()))));
  }

  @Test
  void somethingHappensBetweenTwoRequests() throws Exception {
    github.afterRequests(2, () -> repository.touch(number));
    assertThat(client.get(LATEST).list().get(0)).doesNotContainEntry("number", (long) number);
    assertThat(client.get(LATEST).list().get(0)).doesNotContainEntry("number", (long) number);
    assertThat(client.get(LATEST).list().get(0)).containsEntry("number", (long) number);
    github.afterRequests(1, () -> repository.renameTo("sim/other"));
    client.get(ALL);
    assertThat(client.get(ALL).status()).isEqualTo(301);
  }

  @Test
  void anotherRepositoryTakesTheName() throws Exception {
    long old = repository.repository().id();
    github.replace(SimulatedRepository.builder("sim/repo").id(4712).pullRequests(3).build());
    assertThat(client.get("/repos/sim/repo").object()).containsEntry("id", 4712L);
    assertThat(client.get("/repositories/" + old).status()).isEqualTo(404);
    assertThat(
            client
                .query("{ repository(owner: \"sim\", name: \"repo\") { databaseId } }")
                .at("data", "repository", "databaseId"))
        .isEqualTo(4712L);
  }

  @Test
  void aCappedListEndsAtItsCapAndRefusesPagesBehindIt() throws Exception {
    String list = "/repos/sim/repo/issues/comments?per_page=10";
    github.capList(Endpoint.ISSUE_COMMENTS, 40);
    assertThat(client.all(list)).hasSize(40);
    assertThat(client.get("/repos/sim/repo/issues/comments?per_page=1").link("last"))
        .endsWith("page=40");
    Reply behind = client.get(list + "&page=5");
    assertThat(behind.status()).isEqualTo(422);
    assertThat(behind.object().get("message").toString()).contains("pagination is limited");
    assertThat(client.get("/repos/sim/repo/pulls/comments?per_page=10&page=5").status())
        .as("each list has a cap of its own")
        .isEqualTo(200);
  }

  @Test
  void largePagesOfRecentChangesFail() throws Exception {
    String list = "/repos/sim/repo/issues/comments?per_page=";
    github.sinceFailsAbove(50, 502);
    assertThat(client.get(list + "100&since=2012-01-01T00:00:00Z").status()).isEqualTo(502);
    assertThat(client.get(list + "50&since=2012-01-01T00:00:00Z").status()).isEqualTo(200);
    assertThat(client.get(list + "100").status()).isEqualTo(200);
  }

  @Test
  void listsEndWhereTheyAreTooDeep() throws Exception {
    github.limitPages(2);
    assertThat(client.get(ALL + "&page=2").status()).isEqualTo(200);
    Reply deep = client.get(ALL + "&page=3");
    assertThat(deep.status()).isEqualTo(422);
    assertThat(deep.object().get("message").toString()).contains("cursor based pagination");
  }

  @Test
  void tenThousandAreReadInPagesOf25() throws Exception {
    SimulatedRepository large = SimulatedRepository.of("sim/large", 10_000);
    github.replace(large);
    String query =
        """
        query($after: String) { repository(owner: "sim", name: "large") {
          pullRequests(first: 25, after: $after, orderBy: {field: UPDATED_AT, direction: ASC}) {
            pageInfo { hasNextPage endCursor }
            nodes { number title updatedAt author { login } additions
              reviews(first: 20) { totalCount nodes { fullDatabaseId state } } } } } }
        """;
    long begun = System.nanoTime();
    int found = 0;
    Object after = null;
    for (boolean more = true; more; ) {
      Reply reply = client.query(query, "after", after);
      found += ((List<?>) reply.at("data", "repository", "pullRequests", "nodes")).size();
      after = reply.at("data", "repository", "pullRequests", "pageInfo", "endCursor");
      more = (Boolean) reply.at("data", "repository", "pullRequests", "pageInfo", "hasNextPage");
    }
    assertThat(found).isEqualTo(10_000);
    assertThat(github.points()).isEqualTo(400);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(60));
  }
}
