package dev.backfill.github;

import static dev.backfill.github.Stub.LIST;
import static dev.backfill.github.Stub.numbers;
import static dev.backfill.github.Stub.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.Repository;
import dev.backfill.api.history.ReviewComment;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.PullSource;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.SourceSession;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From GitHub's JSON to the history model, whatever the JSON. */
class ItemsTest {

  private static final String QUERY = "comments?sort=updated&direction=asc&per_page=100";
  private static final Repository REPOSITORY =
      new Repository(Stub.REPOSITORY_ID, "o/r", false, "", null, null);

  private final Stub github = new Stub();

  @AfterEach
  void close() {
    github.close();
  }

  private Chunk<PullRequest> read(String items) throws InterruptedException {
    github.answer(LIST, ok(items));
    try (SourceSession<PullRequest> session = github.open(Cursor.START)) {
      return session.next(100, 0);
    }
  }

  @Test
  void aPullRequestArrivesWithEveryFieldOfTheList() throws Exception {
    String json =
        """
        [{"id": 5000000007, "number": 7, "html_url": "https://github.com/o/r/pull/7",
          "title": "A title", "body": "A body", "state": "closed", "draft": true,
          "user": {"login": "ghost", "id": 10137, "type": "User", "plan": {"x": [1, {"y": 2}]}},
          "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T02:00:00+02:00",
          "closed_at": "2020-01-03T00:00:00Z", "merged_at": "2020-01-03T00:00:00Z",
          "head": {"ref": "topic", "sha": "abc", "user": null, "repo": null},
          "base": {"ref": "main", "sha": "def", "repo": {"id": 1}},
          "labels": [{"id": 1}], "_links": {"self": {"href": "x"}}, "unknown": 1e400}]
        """;
    assertThat(read(json).items())
        .containsExactly(
            PullRequest.builder()
                .repository(REPOSITORY)
                .number(7)
                .githubId(5_000_000_007L)
                .htmlUrl("https://github.com/o/r/pull/7")
                .title("A title")
                .body("A body")
                .author(new Account(10137, "ghost", "User"))
                .open(false)
                .draft(true)
                .createdAt(Instant.parse("2020-01-01T00:00:00Z"))
                .updatedAt(Instant.parse("2020-01-02T00:00:00Z"))
                .closedAt(Instant.parse("2020-01-03T00:00:00Z"))
                .mergedAt(Instant.parse("2020-01-03T00:00:00Z"))
                .headRef("topic")
                .headSha("abc")
                .baseRef("main")
                .baseSha("def")
                .build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"user\":{\"id\":7,\"login\":\"ann\",\"type\":\"User\"} | \"user\":null",
        "\"user\":{\"id\":7,\"login\":\"ann\",\"type\":\"User\"} | \"user\":{}",
        "\"head\":{                                              | \"head\":null,\"gone\":{",
        "\"body\":null                                           | \"x\":0",
        "\"draft\":false                                         | \"draft\":null"
      })
  void whatMayBeMissingMayBeMissing(String from, String to) throws Exception {
    Chunk<PullRequest> chunk = read("[" + Stub.pullRequest(1).replace(from, to) + "]");
    assertThat(numbers(chunk)).containsExactly(1);
  }

  @Test
  void aDeletedAuthorIsNull() throws Exception {
    String item =
        Stub.pullRequest(1).replace("{\"id\":7,\"login\":\"ann\",\"type\":\"User\"}", "null");
    assertThat(read("[" + item + "]").items().get(0).author()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"number\":2                            | \"number\":null      | page:/  | number is missing",
        "\"number\":2                            | \"number\":\"2\"     | page:/  | number is not a whole number",
        "\"number\":2                            | \"number\":2.5       | page:/  | number is not a whole number",
        "\"number\":2                            | \"number\":-2        | -2      | out of range",
        "\"number\":2                            | \"number\":4294967298 | 4294967298 | out of range",
        "\"number\":2                            | \"number\":99999999999999999999 | page:/ | 64 bits",
        "\"id\":5000000002                       | \"x\":1              | 2       | id is missing",
        "\"id\":5000000002                       | \"id\":{}            | page:/  | id is not",
        "\"created_at\":\"2020-01-01T00:00:00Z\" | \"created_at\":null  | 2       | created_at is missing",
        "\"created_at\":\"2020-01-01T00:00:00Z\" | \"created_at\":1577836800 | 2  | created_at is not a text",
        "\"updated_at\":\"2020-01-02T03:04:05Z\" | \"updated_at\":\"yesterday\" | 2 | not a time that can be stored",
        "\"updated_at\":\"2020-01-02T03:04:05Z\" | \"updated_at\":\"+999999-01-02T03:04:05Z\" | 2 | not a time that can be stored",
        "\"state\":\"open\"                      | \"state\":\"ajar\"   | 2       | neither open nor closed",
        "\"title\":\"t2\"                        | \"title\":[\"t2\"]   | 2       | title is not a text",
        "\"user\":{\"id\":7,                     | \"user\":{\"id\":\"x\", | 2    | user.id is not",
        "\"base\":{                              | \"base\":null,\"x\":{ | 2     | base.ref is missing"
      })
  void anItemThatCannotBeUnderstoodIsRejectedAndTheRestGoesOn(
      String from, String to, String key, String error) throws Exception {
    String broken = Stub.pullRequest(2).replace(from, to);
    Chunk<PullRequest> chunk =
        read("[" + Stub.pullRequest(1) + ", " + broken + " ,\n" + Stub.pullRequest(3) + "]");
    assertThat(numbers(chunk)).containsExactly(1, 3);
    assertThat(chunk.rejected()).hasSize(1);
    RejectedItem rejected = chunk.rejected().get(0);
    assertThat(rejected.key()).startsWith(key);
    assertThat(rejected.error()).contains(error);
    assertThat(rejected.payload()).isEqualTo(broken);
  }

  @Test
  void elementsThatAreNoObjectsAreRejectedAndTheRestGoesOn() throws Exception {
    Chunk<PullRequest> chunk = read("[null, 7, [1,[2]], \"x\", " + Stub.pullRequest(3) + "]");
    assertThat(numbers(chunk)).containsExactly(3);
    assertThat(chunk.rejected())
        .extracting(RejectedItem::key)
        .containsExactly(
            "page:" + LIST + "#0",
            "page:" + LIST + "#1",
            "page:" + LIST + "#2",
            "page:" + LIST + "#3");
    assertThat(chunk.rejected().get(2).payload()).isEqualTo("[1,[2]]");
  }

  @Test
  void thePayloadOfARejectedItemIsCut() throws Exception {
    String broken =
        Stub.pullRequest(2)
            .replace("\"t2\"", "\"" + "x".repeat(50_000) + "\"")
            .replace("\"number\":2", "\"number\":null");
    RejectedItem rejected = read("[" + broken + "]").rejected().get(0);
    assertThat(rejected.payload()).hasSize(4000).startsWith("{\"id\":5000000002");
  }

  @Test
  void requirement24_textIsFitForEveryDatabase() throws Exception {
    String item =
        Stub.pullRequest(1)
            .replace("\"t1\"", "\"a\\u0000b\\ud800c\\udc00d \\ud83d\\ude00 \u00e4\ud83d\ude80\"");
    assertThat(read("[" + item + "]").items().get(0).title())
        .isEqualTo("ab\ufffdc\ufffdd \ud83d\ude00 \u00e4\ud83d\ude80");
  }

  @Test
  void aBodyOf65000CharactersArrivesWhole() throws Exception {
    String body = "\u00e4".repeat(65_000);
    String item = Stub.pullRequest(1).replace("\"body\":null", "\"body\":\"" + body + "\"");
    assertThat(read("[" + item + "]").items().get(0).body()).isEqualTo(body);
  }

  @Test
  void reviewCommentsArriveWithTheirThread() throws Exception {
    github.answer(
        "/repos/o/r/pulls/" + QUERY,
        ok(
            """
            [{"id": 6000000001, "pull_request_url": "https://api.github.com/repos/o/r/pulls/12",
              "pull_request_review_id": 6000000000, "in_reply_to_id": 5999999999, "path": "a/B.java",
              "user": {"id": 3, "login": "dependabot[bot]", "type": "Bot"}, "body": "Why?",
              "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z"},
             {"id": 2, "pull_request_url": "https://api.github.com/repos/o/r/pulls/13",
              "pull_request_review_id": null, "user": null, "body": null,
              "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z"},
             {"id": 3, "pull_request_url": "https://api.github.com/repos/o/r/pulls/none",
              "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z"}]
            """));
    Instant created = Instant.parse("2020-01-01T00:00:00Z");
    Instant updated = Instant.parse("2020-01-02T00:00:00Z");
    Chunk<ReviewComment> chunk = all(github.client.reviewComments());
    assertThat(chunk.items())
        .containsExactlyInAnyOrder(
            new ReviewComment(
                REPOSITORY,
                6_000_000_001L,
                12,
                6_000_000_000L,
                5_999_999_999L,
                "a/B.java",
                new Account(3, "dependabot[bot]", "Bot"),
                "Why?",
                created,
                updated),
            new ReviewComment(REPOSITORY, 2, 13, null, null, null, null, "", created, updated));
    assertThat(chunk.rejected()).extracting(RejectedItem::key).isEqualTo(List.of("3"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "null",
      value = {
        "https://api.github.com/repos/o/r/issues/5 | https://github.com/o/r/issues/5#issuecomment-1 | 5 | false",
        "https://api.github.com/repos/o/r/issues/6 | https://github.com/o/r/pull/6#issuecomment-1   | 6 | true",
        "null                                      | https://github.com/o/r/pull/7#issuecomment-1   | 7 | true",
        "https://api.github.com/repos/o/r/issues/8 | https://github.com/o/pull/issues/8#issuecomment-1 | 8 | false",
        "https://api.github.com/repos/o/r/issues/8 | https://github.com/pull/r/issues/8#issuecomment-1 | 8 | false",
        "https://api.github.com/repos/o/r/issues/9 | https://github.com/o/pull/pull/9#issuecomment-1 | 9 | true",
        "https://api.github.com/repos/o/r/issues/8 | null                                           | 8 | false"
      })
  void issueCommentsKnowTheirIssueAndItsKind(
      String issueUrl, String htmlUrl, int number, boolean onPullRequest) throws Exception {
    github.answer(
        "/repos/o/r/issues/" + QUERY,
        ok(
            """
            [{"id": 1, "issue_url": %s, "html_url": %s, "user": null, "body": "x",
              "created_at": "2020-01-01T00:00:00Z", "updated_at": "2020-01-02T00:00:00Z"}]
            """
                .formatted(quoted(issueUrl), quoted(htmlUrl))));
    PullSource<IssueComment> source = github.client.issueComments();
    Chunk<IssueComment> chunk = all(source);
    assertThat(chunk.items()).extracting(IssueComment::issueNumber).containsExactly(number);
    assertThat(chunk.items())
        .extracting(IssueComment::onPullRequest)
        .containsExactly(onPullRequest);
    assertThat(source.itemKey(chunk.items().get(0))).isEqualTo("1");
  }

  private static String quoted(String text) {
    return text == null ? "null" : "\"" + text + "\"";
  }

  private static <T> Chunk<T> all(PullSource<T> source) throws InterruptedException {
    try (SourceSession<T> session = source.open("o/r", Cursor.START)) {
      return session.next(100, 0);
    }
  }
}
