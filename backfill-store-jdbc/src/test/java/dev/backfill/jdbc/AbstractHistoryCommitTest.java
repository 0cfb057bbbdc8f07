package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.chunk;
import static dev.backfill.jdbc.History.ALICE;
import static dev.backfill.jdbc.History.BOB;
import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.at;
import static dev.backfill.jdbc.History.issueComment;
import static dev.backfill.jdbc.History.pullRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.history.Account;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Control;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.fault.FaultyDataSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Commits whose items go to the store's own tables, which a database may take in another way. */
abstract class AbstractHistoryCommitTest {

  private TestDatabase database;
  private FaultyDataSource calls;
  private JdbcStore store;
  private ProgressStore progress;
  private Sink<PullRequest> sink;

  abstract TestDatabase database();

  @BeforeEach
  void install() {
    TestDatabase plain = database();
    plain.install();
    calls = new FaultyDataSource(plain.dataSource());
    database = plain;
    store = JdbcStore.open(calls.dataSource(), plain.names());
    progress = store.progress();
    sink = store.pullRequests();
  }

  /** The statements of a commit of plain new items. */
  long statementsOfACommit() {
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, pullRequests(1), sink);
    long before = calls.executions();
    progress.commit(lease, pullRequests(2), sink);
    return calls.executions() - before;
  }

  @Test
  void whatIsStoredDoesNotDependOnHowTheSinkIsAsked() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    List<CommitResult> results = new ArrayList<>();
    results.add(progress.commit(lease, pullRequests(1), sink));
    results.add(progress.commit(lease, pullRequests(2), sink));
    List<List<Map<String, @Nullable Object>>> own = rows();

    TestDatabase other = database();
    JdbcStore plain = other.install();
    Lease otherLease = Chunks.claim(plain.progress(), "worker");
    List<CommitResult> asAnyOther = new ArrayList<>();
    for (int number = 1; number <= 2; number++) {
      asAnyOther.add(
          plain
              .progress()
              .commit(
                  otherLease,
                  pullRequests(number),
                  (items, transaction) -> plain.pullRequests().write(items, transaction)));
    }
    database = other;

    assertThat(results).isEqualTo(asAnyOther);
    assertThat(own).isEqualTo(rows());
  }

  /** What is there after the commits, but for what differs from run to run. */
  private List<List<Map<String, @Nullable Object>>> rows() throws Exception {
    List<List<Map<String, @Nullable Object>>> tables = new ArrayList<>();
    for (String sql :
        List.of(
            "SELECT * FROM {pull_requests} ORDER BY number",
            "SELECT * FROM {pull_request_reviews} ORDER BY github_id",
            "SELECT * FROM {accounts} ORDER BY id",
            "SELECT * FROM {repositories}",
            "SELECT * FROM {backfill_chunks} ORDER BY chunk_number",
            "SELECT * FROM {backfill_progress}")) {
      List<Map<String, @Nullable Object>> rows = database.query(sql);
      rows.forEach(
          row ->
              row.keySet()
                  .removeAll(
                      List.of(
                          "attempt_id",
                          "committed_at",
                          "lease_expires_at",
                          "updated_at",
                          "created_at",
                          "started_at")));
      tables.add(rows);
    }
    return tables;
  }

  /** The comments' lease changes what the pull requests' lease has written and still writes. */
  @Test
  void aBotHasOneLoginAcrossLeases() throws Exception {
    Account queried = new Account(777, "agent[bot]", "Bot");
    Account rest = new Account(777, "Agent", "Bot");
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, chunk(1, List.of(pullRequest(1, "a", queried, T0, null, null))), sink);
    BackfillKey comments = new BackfillKey("github:issue-comments", "owner/name");
    Lease other =
        progress
            .claim(
                progress.register(comments, "manual").id(),
                new LeaseRequest("worker", "local", Duration.ofMinutes(5)))
            .lease();
    progress.commit(
        other, chunk(1, List.of(issueComment(1, rest, "text", T0))), store.issueComments());
    progress.commit(lease, chunk(2, List.of(pullRequest(2, "b", queried, T0, null, null))), sink);

    for (String sql :
        List.of(
            "SELECT login FROM {accounts} WHERE id = 777",
            "SELECT author_login AS login FROM {pull_requests}",
            "SELECT author_login AS login FROM {issue_comments}")) {
      assertThat(database.query(sql)).extracting(row -> row.get("login")).containsOnly("Agent");
    }
    assertThat(database.query("SELECT * FROM {pull_requests}")).hasSize(2);
  }

  @Test
  void aCommitReturnsItsCountsAndTheState() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");

    CommitResult first = progress.commit(lease, pullRequests(1), sink);
    CommitResult second =
        progress.commit(
            lease,
            chunk(2, List.of(pullRequest(2, "newer", at(9)), pullRequest(9, "new", T0))),
            sink);

    assertThat(first)
        .isEqualTo(
            new CommitResult(
                new SinkCounts(2, 0),
                BackfillStatus.RUNNING,
                new Backfill.Counters(Total.exact(100), 2, 0)));
    assertThat(second)
        .isEqualTo(
            new CommitResult(
                new SinkCounts(1, 1),
                BackfillStatus.RUNNING,
                new Backfill.Counters(Total.exact(100), 4, 0)));
    assertThat(database.query("SELECT * FROM {backfill_chunks} ORDER BY chunk_number").get(1))
        .containsEntry("item_count", 2)
        .containsEntry("inserted_count", 1)
        .containsEntry("updated_count", 1)
        .containsEntry("cursor_before", "after 1");
    assertThat(progress.get(lease.backfill()))
        .extracting(
            Backfill::cursor,
            Backfill::nextChunkNumber,
            Backfill::chunkSize,
            Backfill::verifyCursor)
        .containsExactly(new Cursor("after 2"), 3L, 25, Cursor.START);
  }

  @Test
  void aRequestToPauseComesBackWithTheCommit() {
    Lease lease = Chunks.claim(progress, "worker");
    progress.control(lease.backfill(), Control.PAUSE);

    assertThat(progress.commit(lease, pullRequests(1), sink).status())
        .isEqualTo(BackfillStatus.PAUSING);
  }

  @Test
  void anOlderFenceCommitsNothing() throws Exception {
    Lease old = Chunks.claim(progress, "worker");
    database.expireLease(old.backfill());
    Chunks.claim(progress, "worker");

    assertThatThrownBy(() -> progress.commit(old, pullRequests(1), sink))
        .isInstanceOf(LeaseLostException.class);

    assertNothingIsStored(old.backfill());
  }

  @Test
  void aLeaseThatWasGivenBackCommitsNothing() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    Lease ofAnother = new Lease(lease.backfill(), lease.fence(), "another", Duration.ofMinutes(5));

    assertThatThrownBy(() -> progress.commit(ofAnother, pullRequests(1), sink))
        .isInstanceOf(LeaseLostException.class);

    assertNothingIsStored(lease.backfill());
  }

  @Test
  void aChunkThatDoesNotFollowIsRefused() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, pullRequests(1), sink);
    ChunkCommit<PullRequest> right = pullRequests(2);
    ChunkCommit<PullRequest> fromElsewhere = right.withPlace(2, new Cursor("elsewhere"));

    for (ChunkCommit<PullRequest> wrong :
        List.of(pullRequests(1), pullRequests(3), fromElsewhere)) {
      assertThatThrownBy(() -> progress.commit(lease, wrong, sink))
          .isInstanceOfSatisfying(
              PermanentFailureException.class,
              e ->
                  assertThat(e.reason())
                      .isEqualTo(PermanentFailureException.Reason.OUT_OF_SEQUENCE));
    }

    assertThat(database.value("SELECT COUNT(*) FROM {pull_requests}")).isEqualTo("2");
    assertThat(progress.commit(lease, right, sink).counts()).isEqualTo(new SinkCounts(2, 0));
  }

  /** Its cursor is the right one, so that the number alone can tell. */
  @Test
  void aChunkOfAnotherNumberIsRefused() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, pullRequests(1), sink);
    ChunkCommit<PullRequest> third = pullRequests(3);
    ChunkCommit<PullRequest> early = third.withPlace(3, new Cursor("after 1"));

    assertThatThrownBy(() -> progress.commit(lease, early, sink))
        .isInstanceOf(PermanentFailureException.class);

    assertThat(database.value("SELECT COUNT(*) FROM {backfill_chunks}")).isEqualTo("1");
  }

  @Test
  void aRepeatedAttemptIsFoundAgain() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    ChunkCommit<PullRequest> chunk = pullRequests(1);

    CommitResult first = progress.commit(lease, chunk, sink);

    assertThat(progress.commit(lease, chunk, sink)).isEqualTo(first);
    assertThat(database.value("SELECT COUNT(*) FROM {backfill_chunks}")).isEqualTo("1");
    assertThat(database.value("SELECT processed_items FROM {backfill_progress}")).isEqualTo("2");
  }

  @Test
  void attemptsAtOnceStoreAChunkOnce() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    ExecutorService executor = Executors.newFixedThreadPool(4);
    try {
      for (int number = 1; number <= 20; number++) {
        ChunkCommit<PullRequest> chunk = pullRequests(number);
        List<Future<CommitResult>> attempts = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          attempts.add(executor.submit(() -> progress.commit(lease, chunk, sink)));
        }
        for (Future<CommitResult> attempt : attempts) {
          assertThat(attempt.get(60, TimeUnit.SECONDS).counts()).isEqualTo(new SinkCounts(2, 0));
        }
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(database.value("SELECT processed_items FROM {backfill_progress}")).isEqualTo("40");
    assertThat(database.value("SELECT COUNT(*) FROM {pull_requests}")).isEqualTo("40");
  }

  @Test
  void whatTheDatabaseRefusesIsPoisonAndStoresNothing() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    refuseTwoOfOneTitle(lease);

    assertNothingIsStored(lease.backfill());
    assertThat(progress.commit(lease, chunk(1, List.of(pullRequest(1, "same", T0))), sink).counts())
        .isEqualTo(new SinkCounts(1, 0));
  }

  @Test
  void itemsWithoutAnAuthorAndRejectedOnesAreCommittedToo() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    PullRequest anonymous = pullRequest(1, "nobody's", null, T0, null, null);

    progress.commit(lease, chunk(1, List.of(anonymous)), sink);
    CommitResult second =
        progress.commit(
            lease,
            chunk(
                2,
                List.of(pullRequest(2, "two", T0)),
                List.of(new RejectedItem("3", "no", "{}")),
                Total.UNKNOWN),
            sink);

    assertThat(second.counters()).isEqualTo(new Backfill.Counters(Total.UNKNOWN, 3, 1));
    assertThat(database.value("SELECT COUNT(*) FROM {backfill_quarantine}")).isEqualTo("1");
    assertThat(database.value("SELECT author_id FROM {pull_requests} WHERE number = 1")).isNull();
  }

  @Test
  void whatComesWithItemsIsStoredInItsLatestState() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    Account renamed = new Account(ALICE.id(), "alicia", "User");
    int number = 0;
    for (Account author : List.of(ALICE, ALICE, renamed, ALICE, BOB, ALICE, renamed)) {
      number++;
      PullRequest item = pullRequest(number, "one of many", author, T0, null, null);
      progress.commit(lease, chunk(number, List.of(item)), sink);

      assertThat(database.value("SELECT login FROM {accounts} WHERE id = " + author.id()))
          .isEqualTo(author.login());
    }
    assertThat(database.query("SELECT * FROM {repositories}")).hasSize(1);
  }

  @Test
  void whatARefusedChunkCameWithIsWrittenByTheNext() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    refuseTwoOfOneTitle(lease);

    progress.commit(lease, chunk(1, List.of(pullRequest(1, "same", T0))), sink);

    assertThat(database.query("SELECT * FROM {accounts}")).hasSize(1);
    assertThat(database.query("SELECT * FROM {repositories}")).hasSize(1);
  }

  @Test
  void whatWasCommittedUnderALeaseIsNotWrittenAgain() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, pullRequests(1), sink);
    database.execute("DELETE FROM {accounts}");

    progress.commit(lease, pullRequests(2), sink);

    assertThat(database.query("SELECT * FROM {accounts}")).isEmpty();
  }

  @Test
  void aLeaseThatComesAgainHasWrittenNothing() throws Exception {
    Lease before = Chunks.claim(progress, "worker");
    progress.commit(before, pullRequests(1), sink);
    String fence = "UPDATE {backfill_progress} SET lease_owner = NULL, lease_expires_at = NULL,";
    // As a copy of the database from before the claim would have it.
    database.execute(fence + " fence = fence - 1, status = 'pending'");
    database.execute("DELETE FROM {accounts}");

    Lease again = Chunks.claim(progress, "worker");
    progress.commit(again, pullRequests(2), sink);

    assertThat(again).isEqualTo(before);
    assertThat(database.query("SELECT * FROM {accounts}")).hasSize(2);
  }

  @Test
  void theSinkOfAnotherStoreWritesItsOwnTables() throws Exception {
    TableNames names = new TableNames(database.names().schema(), database.names().prefix() + "o_");
    JdbcStore other = JdbcStore.open(database.dataSource(), names);
    other.installSchema();
    Lease lease = Chunks.claim(progress, "worker");

    progress.commit(lease, pullRequests(1), other.pullRequests());

    assertThat(database.query("SELECT * FROM {pull_requests}")).isEmpty();
    assertThat(new TestDatabase(database.dataSource(), names).query("SELECT * FROM {accounts}"))
        .isNotEmpty();
  }

  @Test
  void anotherLeaseWritesDeletedRowsAnew() throws Exception {
    Lease first = Chunks.claim(progress, "worker");
    progress.commit(first, pullRequests(1), sink);
    database.execute("DELETE FROM {accounts}");
    progress.release(first, LeaseRelease.moreToDo());
    Lease second = Chunks.claim(progress, "worker");

    progress.commit(second, pullRequests(2), sink);

    assertThat(database.query("SELECT * FROM {accounts}")).hasSize(2);
  }

  @Test
  void anUnknownBackfillIsTheCallersMistake() {
    Lease unknown = new Lease(new BackfillId(4711), 1, "worker", Duration.ofMinutes(5));
    assertThatThrownBy(() -> progress.commit(unknown, pullRequests(1), sink))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private void refuseTwoOfOneTitle(Lease lease) throws Exception {
    database.execute("CREATE UNIQUE INDEX one_of_each_title ON {pull_requests} (title)");
    assertThatThrownBy(
            () ->
                progress.commit(
                    lease,
                    chunk(1, List.of(pullRequest(1, "same", T0), pullRequest(2, "same", T0))),
                    sink))
        .isInstanceOf(PoisonItemException.class)
        .hasMessageContaining("the commit of chunk 1 of backfill " + lease.backfill().value());
  }

  private void assertNothingIsStored(BackfillId id) throws Exception {
    for (String table : List.of("pull_requests", "accounts", "repositories", "backfill_chunks")) {
      assertThat(database.query("SELECT * FROM {" + table + "}")).as(table).isEmpty();
    }
    assertThat(progress.get(id))
        .extracting(
            Backfill::cursor,
            Backfill::nextChunkNumber,
            Backfill::chunkSize,
            Backfill::verifyCursor)
        .containsExactly(Cursor.START, 1L, 0, Cursor.START);
  }

  private static ChunkCommit<PullRequest> pullRequests(long number) {
    return chunk(number, Chunks.pullRequests(number));
  }
}
