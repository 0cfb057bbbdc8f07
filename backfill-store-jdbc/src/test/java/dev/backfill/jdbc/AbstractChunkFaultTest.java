package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.chunk;
import static dev.backfill.jdbc.History.T0;
import static dev.backfill.jdbc.History.pullRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.sql.SqlFailures;
import dev.backfill.testkit.fault.FaultPlan;
import dev.backfill.testkit.fault.FaultyDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Commits on a database's bad days. */
abstract class AbstractChunkFaultTest {

  private static final int MAX_ATTEMPTS = 3;

  private TestDatabase database;
  private FaultyDataSource faults;
  private ProgressStore progress;
  private Sink<PullRequest> sink;

  abstract TestDatabase database();

  /** Makes the database refuse pull requests with that title. */
  void refusePoison(TestDatabase database) throws SQLException {
    database.execute("ALTER TABLE {pull_requests} ADD CHECK (title <> 'poison')");
  }

  @BeforeEach
  void install() {
    TestDatabase plain = database();
    faults = new FaultyDataSource(plain.dataSource());
    database = plain.with(faults.dataSource());
    JdbcStore store = database.install();
    progress = store.progress();
    sink = store.pullRequests();
  }

  @AfterEach
  void heal() {
    faults.heal();
  }

  @ParameterizedTest
  @EnumSource
  void everyCallOfACommitMayFail(FaultPlan.Kind kind) throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    long number = 0;
    boolean fired = true;
    while (fired) {
      number++;
      ChunkCommit<PullRequest> chunk = pullRequests(number);
      faults.plan(new FaultPlan(kind, number));
      CommitResult result = untilCommitted(lease, chunk);
      fired = faults.fired();
      faults.heal();

      assertThat(result.counts()).as("%s at call %d", kind, number).isEqualTo(new SinkCounts(2, 0));
      assertRows(number);
    }
    assertThat(number).as("calls of a commit").isGreaterThan(10);
  }

  private void assertRows(long chunks) throws Exception {
    assertThat(database.value("SELECT COUNT(*) FROM {pull_requests}")).isEqualTo("" + 2 * chunks);
    assertThat(database.value("SELECT COUNT(*) FROM {pull_request_reviews}"))
        .isEqualTo("" + chunks);
    assertThat(database.value("SELECT COUNT(*) FROM {backfill_quarantine}")).isEqualTo("" + chunks);
    assertThat(database.value("SELECT SUM(attempts) FROM {backfill_quarantine}"))
        .isEqualTo("" + chunks);
    assertThat(database.value("SELECT COUNT(*) FROM {backfill_chunks}")).isEqualTo("" + chunks);
    assertThat(database.query("SELECT * FROM {backfill_progress}").get(0))
        .containsEntry("processed_items", 3 * chunks)
        .containsEntry("quarantined_items", chunks)
        .containsEntry("next_chunk_number", chunks + 1)
        .containsEntry("resume_cursor", "after " + chunks);
  }

  private CommitResult untilCommitted(Lease lease, ChunkCommit<PullRequest> chunk) {
    for (int attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      try {
        return progress.commit(lease, chunk, sink);
      } catch (TransientFailureException e) {
        assertThat(e.getMessage()).doesNotContain("null");
      }
    }
    return fail("not committed after %d attempts", MAX_ATTEMPTS);
  }

  @ParameterizedTest
  @EnumSource
  void everyCallOfAReleaseMayFail(FaultPlan.Kind kind) {
    boolean fired = true;
    for (int call = 1; fired; call++) {
      Lease lease = Chunks.claim(progress, "worker " + call);
      faults.plan(new FaultPlan(kind, call));
      try {
        progress.release(lease, LeaseRelease.moreToDo());
      } catch (TransientFailureException e) {
        progress.release(lease, LeaseRelease.moreToDo());
      }
      fired = faults.fired();
      faults.heal();
      assertThat(progress.get(lease.backfill()).holder()).isNull();
    }
  }

  @Test
  void aZombieCommitsNothing() throws Exception {
    Lease zombie = Chunks.claim(progress, "zombie");
    CountDownLatch inTheSink = new CountDownLatch(1);
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try {
      database.expireLease(zombie.backfill());
      Lease current = Chunks.claim(progress, "worker");
      Future<CommitResult> commit =
          executor.submit(
              () ->
                  progress.commit(
                      current,
                      pullRequests(1),
                      (items, transaction) -> {
                        inTheSink.countDown();
                        return sink.write(items, transaction);
                      }));
      assertThat(inTheSink.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> progress.commit(zombie, pullRequests(1), sink))
          .isInstanceOf(LeaseLostException.class);
      assertThat(commit.get(30, TimeUnit.SECONDS).counts()).isEqualTo(new SinkCounts(2, 0));
      assertRows(1);
    } finally {
      executor.shutdownNow();
    }
  }

  /**
   * What was checked at the beginning of a commit still holds at its end: nobody is granted a newer
   * fence meanwhile.
   */
  @Test
  void aClaimWaitsForACommitThatIsUnderWay() throws Exception {
    BackfillId id = progress.register(Chunks.KEY, "manual").id();
    Duration shortest = Duration.ofSeconds(1);
    Lease lease = progress.claim(id, new LeaseRequest("slow", "local", shortest)).lease();
    CountDownLatch inTheSink = new CountDownLatch(1);
    CountDownLatch expired = new CountDownLatch(1);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      Future<CommitResult> commit =
          executor.submit(
              () ->
                  progress.commit(
                      lease,
                      pullRequests(1),
                      (items, transaction) -> {
                        inTheSink.countDown();
                        // By the database's clock, which cannot be wound on.
                        expired.await(1_300, TimeUnit.MILLISECONDS);
                        return sink.write(items, transaction);
                      }));
      assertThat(inTheSink.await(30, TimeUnit.SECONDS)).isTrue();
      expired.await(1_100, TimeUnit.MILLISECONDS);
      Future<Claim> claim =
          executor.submit(() -> progress.claim(id, new LeaseRequest("quick", "local", shortest)));
      assertThat(claim.get(30, TimeUnit.SECONDS).backfill().nextChunkNumber()).isEqualTo(2);
      assertThat(commit.get(30, TimeUnit.SECONDS).counts()).isEqualTo(new SinkCounts(2, 0));
    } finally {
      executor.shutdownNow();
    }
  }

  /** The connection of the first attempt died, and the database has not noticed yet. */
  @Test
  void aRepeatedAttemptWaitsForTheOneThatIsUnderWay() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    ChunkCommit<PullRequest> chunk = pullRequests(1);
    CountDownLatch inTheSink = new CountDownLatch(1);
    ExecutorService executor = Executors.newFixedThreadPool(2);
    try {
      Future<CommitResult> first =
          executor.submit(
              () ->
                  progress.commit(
                      lease,
                      chunk,
                      (items, transaction) -> {
                        SinkCounts counts = sink.write(items, transaction);
                        inTheSink.countDown();
                        return counts;
                      }));
      assertThat(inTheSink.await(30, TimeUnit.SECONDS)).isTrue();
      Future<CommitResult> second = executor.submit(() -> progress.commit(lease, chunk, sink));
      assertThat(second.get(30, TimeUnit.SECONDS)).isEqualTo(first.get(30, TimeUnit.SECONDS));
      assertRows(1);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void anItemThatTheDatabaseRefusesIsPoison() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    refusePoison(database);
    database.execute("CREATE UNIQUE INDEX one_of_each_title ON {pull_requests} (title)");

    for (String title : List.of("poison", "fine")) {
      ChunkCommit<PullRequest> chunk =
          chunk(1, List.of(pullRequest(1, "fine", T0), pullRequest(2, title, T0)));
      assertThatThrownBy(() -> progress.commit(lease, chunk, sink))
          .isInstanceOf(PoisonItemException.class);
    }

    assertThat(database.query("SELECT * FROM {pull_requests}")).isEmpty();
    assertThat(database.query("SELECT * FROM {backfill_chunks}")).isEmpty();
    assertThat(progress.get(lease.backfill()).nextChunkNumber()).isEqualTo(1);
  }

  @Test
  void theDatabaseItselfRefusesAChunkNumberTwice() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, pullRequests(1), sink);
    assertThatThrownBy(
            () -> database.execute("INSERT INTO {backfill_chunks} SELECT * FROM {backfill_chunks}"))
        .matches(SqlFailures::isDuplicateKey, "is a duplicate key");
  }

  @Test
  void aUsersOwnTableIsWrittenInTheTransaction() throws Exception {
    database.execute(
        "CREATE TABLE {titles} (title VARCHAR(10) PRIMARY KEY CHECK (LENGTH(title) <= 10))");
    Sink<String> titles =
        JdbcSink.of(
            (Connection connection, List<String> items) -> {
              try (var insert =
                  connection.prepareStatement(
                      "INSERT INTO " + database.table("titles") + " VALUES (?)")) {
                for (String item : items) {
                  insert.setString(1, item);
                  insert.executeUpdate();
                }
              }
              return new SinkCounts(items.size(), 0);
            });
    Lease lease = Chunks.claim(progress, "worker");
    progress.commit(lease, chunk(1, List.of("a", "b")), titles);
    assertThatThrownBy(() -> progress.commit(lease, chunk(2, List.of("c", "a")), titles))
        .isInstanceOf(PoisonItemException.class);
    assertThatThrownBy(() -> progress.commit(lease, chunk(2, List.of("far too long")), titles))
        .isInstanceOf(PoisonItemException.class);
    assertThat(database.value("SELECT COUNT(*) FROM {titles}")).isEqualTo("2");
  }

  @Test
  void anInterruptedThreadFinishesItsCommit() {
    Lease lease = Chunks.claim(progress, "worker");
    Thread.currentThread().interrupt();
    progress.commit(lease, pullRequests(1), sink);
    assertThat(Thread.interrupted()).isTrue();
    assertThat(progress.chunks(lease.backfill(), 1, 10)).hasSize(1);
  }

  private static ChunkCommit<PullRequest> pullRequests(long number) {
    return chunk(
        number,
        Chunks.pullRequests(number),
        List.of(new RejectedItem("rejected " + number, "no", "{}")),
        Total.exact(100));
  }
}
