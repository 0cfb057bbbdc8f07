package dev.backfill.jdbc;

import static dev.backfill.jdbc.History.ALICE;
import static dev.backfill.jdbc.History.BOB;
import static dev.backfill.jdbc.History.DETAILS;
import static dev.backfill.jdbc.History.REPOSITORY;
import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.at;
import static dev.backfill.jdbc.History.issueComment;
import static dev.backfill.jdbc.History.pullRequest;
import static dev.backfill.jdbc.History.review;
import static dev.backfill.jdbc.History.reviewComment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.history.Account;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.history.PullRequest.Details;
import dev.backfill.api.history.Repository;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import java.sql.Connection;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the history tables hold after writes, the same on every database. */
abstract class AbstractHistoryTest {

  private TestDatabase database;
  private JdbcStore store;

  abstract TestDatabase database();

  @BeforeEach
  void install() {
    database = database();
    store = database.install();
  }

  @Test
  void countsWhatIsInsertedUpdatedAndUnchanged() throws Exception {
    assertThat(pulls(pullRequest(1, "one", T0), pullRequest(2, "two", T0)))
        .isEqualTo(new SinkCounts(2, 0));
    assertThat(pulls(pullRequest(2, "two", T0), pullRequest(1, "one", T0)))
        .isEqualTo(SinkCounts.NONE);
    assertThat(
            pulls(
                pullRequest(1, "changed", at(1)),
                pullRequest(2, "two", T0),
                pullRequest(3, "three", T0)))
        .isEqualTo(new SinkCounts(1, 1));
    assertThat(database.value("SELECT title FROM {pull_requests} WHERE number = 1"))
        .isEqualTo("changed");
  }

  @Test
  void theDatabaseItselfRefusesAPullRequestTwice() throws Exception {
    pulls(pullRequest(1, "one", T0));
    assertThatThrownBy(
            () -> database.execute("INSERT INTO {pull_requests} SELECT * FROM {pull_requests}"))
        .matches(SqlFailures::isDuplicateKey, "is a duplicate key");
  }

  @Test
  void anOlderCopyNeverOverwritesANewerOne() throws Exception {
    pulls(pullRequest(1, "new", at(5)));
    assertThat(pulls(pullRequest(1, "old", at(4)))).isEqualTo(SinkCounts.NONE);
    assertThat(database.value("SELECT title FROM {pull_requests}")).isEqualTo("new");
    assertThat(pulls(pullRequest(1, "same time", at(5)))).isEqualTo(new SinkCounts(0, 1));
  }

  @Test
  void aBotHasRestsLoginWhicheverTransportWroteLast() throws Exception {
    Account queried = new Account(777, "agent[bot]", "Bot");
    Account rest = new Account(777, "Agent", "Bot");
    PullRequest.Details merged = new PullRequest.Details(1, 1, 1, 1, 1, 1, queried);
    pulls(pullRequest(1, "before", queried, at(1), merged, null));
    write(store.issueComments(), List.of(issueComment(1, rest, "told by REST", at(1))));
    assertThat(logins()).containsOnly("Agent").hasSize(4);

    pulls(pullRequest(2, "after", queried, at(2), merged, null));
    pulls(pullRequest(1, "again", queried, at(3), merged, null));
    write(
        store.issueComments(),
        List.of(issueComment(2, queried, "mixed", at(1)), issueComment(3, rest, "mixed", at(1))));
    assertThat(logins()).containsOnly("Agent").hasSize(8);
  }

  private List<Object> logins() throws Exception {
    List<Object> logins = new ArrayList<>();
    for (String sql :
        List.of(
            "SELECT login FROM {accounts} WHERE id = 777",
            "SELECT author_login AS login FROM {pull_requests}",
            "SELECT merged_by_login AS login FROM {pull_requests}",
            "SELECT author_login AS login FROM {issue_comments}")) {
      database.query(sql).forEach(row -> logins.add(row.get("login")));
    }
    return logins;
  }

  @Test
  void everyColumnOfAPullRequestIsStored() throws Exception {
    PullRequest item =
        PullRequest.builder()
            .repository(REPOSITORY)
            .number(7)
            .githubId(9_000_000_007L)
            .htmlUrl("https://example.test/7")
            .title("title")
            .author(ALICE)
            .open(false)
            .draft(true)
            .createdAt(T0)
            .updatedAt(at(9))
            .closedAt(at(8))
            .mergedAt(at(7))
            .headRef("head")
            .headSha("sha1")
            .baseRef("base")
            .baseSha("sha2")
            .details(DETAILS)
            .reviews(List.of(review(1, 7, "APPROVED")))
            .build();
    assertThat(pulls(item)).isEqualTo(new SinkCounts(1, 0));

    Map<String, Object> row = row("SELECT * FROM {pull_requests}");
    assertThat(row)
        .containsEntry("repository_id", 8_000_000_000L)
        .containsEntry("number", 7)
        .containsEntry("github_id", 9_000_000_007L)
        .containsEntry("title", "title")
        .containsEntry("body", null)
        .containsEntry("state", "closed")
        .containsEntry("draft", true)
        .containsEntry("merged", true)
        .containsEntry("author_id", ALICE.id())
        .containsEntry("author_login", "alice")
        .containsEntry("additions", 10)
        .containsEntry("deletions", 2)
        .containsEntry("changed_files", 3)
        .containsEntry("commits", 4)
        .containsEntry("comments", 5)
        .containsEntry("review_comments", 6)
        .containsEntry("merged_by_id", BOB.id())
        .containsEntry("merged_by_login", "bob")
        .containsEntry("head_ref", "head")
        .containsEntry("head_sha", "sha1")
        .containsEntry("base_ref", "base")
        .containsEntry("base_sha", "sha2")
        .containsEntry("html_url", "https://example.test/7");
    assertThat(moment(row, "created_at")).isEqualTo(T0);
    assertThat(moment(row, "updated_at")).isEqualTo(at(9));
    assertThat(moment(row, "closed_at")).isEqualTo(at(8));
    assertThat(moment(row, "merged_at")).isEqualTo(at(7));
    Map<String, Object> review = row("SELECT * FROM {pull_request_reviews}");
    assertThat(review)
        .containsEntry("github_id", 1L)
        .containsEntry("repository_id", 8_000_000_000L)
        .containsEntry("pull_request_number", 7)
        .containsEntry("state", "APPROVED")
        .containsEntry("author_login", "bob")
        .containsEntry("body", "fine")
        .containsEntry("commit_id", "abc");
    assertThat(moment(review, "submitted_at")).isEqualTo(at(1));
    assertThat(database.query("SELECT * FROM {accounts} ORDER BY id"))
        .extracting(each -> each.get("login"))
        .containsExactly("alice", "bob");
    assertThat(row("SELECT * FROM {repositories}"))
        .containsEntry("id", 8_000_000_000L)
        .containsEntry("full_name", "owner/name")
        .containsEntry("owner", "owner")
        .containsEntry("name", "name")
        .containsEntry("is_private", false);
  }

  @Test
  void aCopyFromAListKeepsTheDetailsAndReviews() throws Exception {
    pulls(pullRequest(1, "one", ALICE, T0, DETAILS, List.of(review(1, 1, "COMMENTED"))));
    assertThat(pulls(pullRequest(1, "one", T0))).isEqualTo(SinkCounts.NONE);
    assertThat(pulls(pullRequest(1, "renamed", at(1)))).isEqualTo(new SinkCounts(0, 1));
    assertThat(row("SELECT * FROM {pull_requests}"))
        .containsEntry("title", "renamed")
        .containsEntry("additions", 10)
        .containsEntry("merged_by_login", "bob");
    assertThat(database.query("SELECT * FROM {pull_request_reviews}")).hasSize(1);

    pulls(pullRequest(2, "two", T0));
    assertThat(row("SELECT * FROM {pull_requests} WHERE number = 2"))
        .containsEntry("additions", null);
    assertThat(pulls(pullRequest(2, "two", ALICE, T0, DETAILS, null)))
        .isEqualTo(new SinkCounts(0, 1));
  }

  /** A query does not tell how many comments on lines there are. */
  @Test
  void aNumberOfAnotherVersionIsNotKeptBesideNewerDetails() throws Exception {
    Details queried = new Details(11, 2, 3, 4, 5, null, BOB);
    String number = "SELECT review_comments FROM {pull_requests}";
    pulls(pullRequest(1, "one", ALICE, T0, DETAILS, null));
    pulls(pullRequest(1, "one", ALICE, T0, queried, null));
    assertThat(database.value(number)).as("of the same version").isEqualTo("6");
    pulls(pullRequest(1, "one", at(1)));
    assertThat(database.value(number)).as("a list tells no details").isEqualTo("6");
    pulls(pullRequest(1, "one", ALICE, at(2), queried, null));
    assertThat(database.value(number)).isNull();

    pulls(
        pullRequest(2, "two", ALICE, T0, DETAILS, null),
        pullRequest(2, "two", ALICE, at(1), queried, null),
        pullRequest(3, "three", ALICE, T0, DETAILS, null),
        pullRequest(3, "three", ALICE, T0, queried, null));
    assertThat(database.query(number + " WHERE number > 1 ORDER BY number"))
        .extracting(row -> row.get("review_comments"))
        .containsExactly(null, 6);
  }

  @Test
  void aReviewFollowsTheNewerPullRequest() throws Exception {
    pulls(pullRequest(1, "one", ALICE, at(5), null, List.of(review(1, 1, "DISMISSED"))));
    pulls(pullRequest(1, "one", ALICE, at(4), null, List.of(review(1, 1, "APPROVED"))));
    assertThat(database.value("SELECT state FROM {pull_request_reviews}")).isEqualTo("DISMISSED");
    pulls(pullRequest(1, "one", ALICE, at(6), null, List.of(review(1, 1, "APPROVED"))));
    assertThat(database.value("SELECT state FROM {pull_request_reviews}")).isEqualTo("APPROVED");
  }

  @Test
  void ofTwoCopiesInOneListTheNewestWins() throws Exception {
    assertThat(
            pulls(
                pullRequest(1, "newest", at(2)),
                pullRequest(1, "older", at(1)),
                pullRequest(2, "first", T0),
                pullRequest(2, "last", T0)))
        .isEqualTo(new SinkCounts(2, 0));
    assertThat(database.query("SELECT title FROM {pull_requests} ORDER BY number"))
        .extracting(row -> row.get("title"))
        .containsExactly("newest", "last");
  }

  @Test
  void commentsAreStoredNewerWins() throws Exception {
    Sink<IssueComment> sink = store.issueComments();
    long id = 4_000_000_000_000L;
    assertThat(write(sink, List.of(issueComment(id, ALICE, "first", T0))))
        .isEqualTo(new SinkCounts(1, 0));
    assertThat(write(sink, List.of(issueComment(id, ALICE, "edited", at(1)))))
        .isEqualTo(new SinkCounts(0, 1));
    assertThat(write(sink, List.of(issueComment(id, ALICE, "first", T0))))
        .isEqualTo(SinkCounts.NONE);
    assertThat(row("SELECT * FROM {issue_comments}"))
        .containsEntry("github_id", id)
        .containsEntry("repository_id", REPOSITORY.id())
        .containsEntry("issue_number", 7)
        .containsEntry("on_pull_request", true)
        .containsEntry("body", "edited")
        .containsEntry("author_id", ALICE.id());

    assertThat(write(store.reviewComments(), List.of(reviewComment(1, "typo", T0))))
        .isEqualTo(new SinkCounts(1, 0));
    assertThat(write(store.reviewComments(), List.of(reviewComment(1, "typo", T0))))
        .isEqualTo(SinkCounts.NONE);
    assertThat(row("SELECT * FROM {review_comments}"))
        .containsEntry("pull_request_number", 7)
        .containsEntry("review_id", 3L)
        .containsEntry("in_reply_to_id", null)
        .containsEntry("path", "src/Main.java")
        .containsEntry("author_login", "bob");
  }

  @Test
  void whatPullRequestsReportIsComparedWithComments() throws Exception {
    BackfillId id =
        store.progress().register(new BackfillKey("test:comments", "o/r"), "manual").id();
    String scope = Long.toString(REPOSITORY.id());
    pulls(pullRequest(7, "seven", ALICE, T0, DETAILS, null), pullRequest(2, "two", T0));
    write(store.issueComments(), List.of(issueComment(1, ALICE, "one of five", T0)));
    assertThat(store.progress().difference(id, store.issueComments(), scope))
        .contains("1 stored pull requests report 4 comments more than are stored of them");
    assertThat(store.progress().difference(id, store.reviewComments(), scope))
        .contains("1 stored pull requests report 6 review comments more than are stored of them");
    assertThat(store.progress().difference(id, store.pullRequests(), scope)).isEmpty();
    for (int i = 2; i <= 5; i++) {
      write(store.issueComments(), List.of(issueComment(i, ALICE, "of five", T0)));
    }
    assertThat(store.progress().difference(id, store.issueComments(), scope)).isEmpty();
  }

  @Test
  void aDeletedAuthorIsNull() throws Exception {
    write(store.issueComments(), List.of(issueComment(1, null, "orphan", T0)));
    assertThat(row("SELECT * FROM {issue_comments}"))
        .containsEntry("author_id", null)
        .containsEntry("author_login", null);
    assertThat(database.query("SELECT * FROM {accounts}")).isEmpty();
  }

  @Test
  void aRenamedAccountAndRepositoryAreUpdated() throws Exception {
    pulls(pullRequest(1, "one", T0));
    Account renamed = new Account(ALICE.id(), "alicia", "User");
    Repository moved =
        new Repository(REPOSITORY.id(), "owner/moved", true, "https://x.test", null, at(1));
    IssueComment comment = issueComment(1, renamed, "hello", T0);
    write(
        store.issueComments(),
        List.of(
            new IssueComment(
                moved,
                1,
                7,
                true,
                renamed,
                comment.body(),
                comment.createdAt(),
                comment.updatedAt())));
    assertThat(database.value("SELECT login FROM {accounts}")).isEqualTo("alicia");
    assertThat(row("SELECT * FROM {repositories}")).containsEntry("full_name", "owner/moved");
    assertThat(row("SELECT * FROM {repositories}").get("created_at")).isNotNull();

    pulls(pullRequest(1, "one", T0));
    assertThat(row("SELECT * FROM {repositories}")).containsEntry("full_name", "owner/moved");
  }

  @Test
  void anyTextIsStored() throws Exception {
    Map<String, String> bodies =
        Map.of(
            "nul \0 inside",
            "nul  inside",
            "lone \uD83D high",
            "lone \uFFFD high",
            "lone \uDE00 low",
            "lone \uFFFD low",
            "four bytes \uD83D\uDE00 and \u4E2D\u6587",
            "four bytes \uD83D\uDE00 and \u4E2D\u6587",
            "x".repeat(65_536),
            "x".repeat(65_536),
            "quotes ' \" \\ {a,b} NULL",
            "quotes ' \" \\ {a,b} NULL",
            "",
            "");
    long id = 0;
    for (Map.Entry<String, String> body : bodies.entrySet()) {
      id++;
      IssueComment comment = issueComment(id, ALICE, body.getKey(), T0);
      assertThat(write(store.issueComments(), List.of(comment))).isEqualTo(new SinkCounts(1, 0));
      assertThat(write(store.issueComments(), List.of(comment))).isEqualTo(SinkCounts.NONE);
      assertThat(database.value("SELECT body FROM {issue_comments} WHERE github_id = " + id))
          .isEqualTo(body.getValue());
    }
  }

  @Test
  void writersThatMeetDoNotDeadlock() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      List<Future<SinkCounts>> results = new ArrayList<>();
      for (int worker = 0; worker < 2; worker++) {
        int number = worker;
        results.add(executor.submit(() -> writeOverlapping(number)));
      }
      int inserted = 0;
      for (Future<SinkCounts> result : results) {
        inserted += result.get().inserted();
      }
      assertThat(inserted).isEqualTo(40 * 20);
      assertThat(database.value("SELECT COUNT(*) FROM {issue_comments}")).isEqualTo("800");
      assertThat(database.value("SELECT COUNT(*) FROM {accounts}")).isEqualTo("20");
    } finally {
      executor.shutdownNow();
    }
  }

  /** Both workers write the same comments by the same people, in opposite orders. */
  private SinkCounts writeOverlapping(int worker) throws Exception {
    int inserted = 0;
    for (int round = 0; round < 40; round++) {
      int current = round;
      List<IssueComment> items =
          new ArrayList<>(
              LongStream.range(0, 20)
                  .mapToObj(
                      i ->
                          issueComment(
                              current * 20L + i + 1,
                              new Account(i + 1, "user" + current + "by" + worker, "User"),
                              "round " + current,
                              T0))
                  .toList());
      if (worker == 1) {
        Collections.reverse(items);
      }
      inserted += write(store.issueComments(), items).inserted();
    }
    return new SinkCounts(inserted, 0);
  }

  private SinkCounts pulls(PullRequest... items) throws Exception {
    return write(store.pullRequests(), List.of(items));
  }

  private <T> SinkCounts write(Sink<T> sink, List<T> items) throws Exception {
    try (Connection connection = database.dataSource().getConnection()) {
      connection.setAutoCommit(false);
      SinkCounts counts =
          sink.write(
              items,
              new SinkTransaction() {
                @Override
                public <R> Optional<R> unwrap(Class<R> type) {
                  return Optional.of(type.cast(connection));
                }
              });
      connection.commit();
      connection.setAutoCommit(true);
      return counts;
    }
  }

  private Map<String, Object> row(String sql) throws Exception {
    List<Map<String, Object>> rows = new ArrayList<>();
    database.query(sql).forEach(row -> rows.add(row));
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static Instant moment(Map<String, Object> row, String column) {
    Object value = row.get(column);
    if (value instanceof String text) {
      return Instant.parse(text);
    }
    return value instanceof OffsetDateTime time
        ? time.toInstant()
        : ((Timestamp) value).toInstant();
  }
}
