package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.KEY;
import static dev.backfill.jdbc.Chunks.chunk;
import static dev.backfill.jdbc.History.pullRequest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.PullRequest;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker that freezes in the middle of a commit has the row's lock. */
@Timeout(60)
class PostgresFrozenWorkerTest {

  private static final Duration LEASE = Duration.ofSeconds(1);

  private final TestDatabase database = TestDatabase.postgres();

  @Test
  void aWorkerFrozenInItsCommitIsReplacedAfterItsLease() throws Exception {
    JdbcStore store = database.install();
    ProgressStore progress = store.progress();
    BackfillId id = progress.register(KEY, "manual").id();
    Lease frozen = claimWhenFree(progress, id, "frozen");
    ChunkCommit<PullRequest> first = chunk(1, List.of(pullRequest(1, "one", History.T0)));
    CountDownLatch thaw = new CountDownLatch(1);
    CountDownLatch inCommit = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Future<?> commit =
          threads.submit(
              () ->
                  progress.commit(
                      frozen,
                      first,
                      (items, transaction) -> {
                        inCommit.countDown();
                        thaw.await();
                        return store.pullRequests().write(items, transaction);
                      }));
      inCommit.await();

      Lease successor =
          threads.submit(() -> claimWhenFree(progress, id, "heir")).get(20, TimeUnit.SECONDS);
      thaw.countDown();

      assertThatThrownBy(commit::get).hasCauseInstanceOf(TransientFailureException.class);
      assertThatThrownBy(() -> progress.commit(frozen, first, store.pullRequests()))
          .isInstanceOf(LeaseLostException.class);
      assertThat(database.query("SELECT * FROM {pull_requests}")).isEmpty();
      progress.commit(
          successor, chunk(1, List.of(pullRequest(2, "two", History.T0))), store.pullRequests());
      assertThat(database.value("SELECT COUNT(*) FROM {backfill_chunks}")).isEqualTo("1");
    } finally {
      thaw.countDown();
      threads.shutdownNow();
    }
  }

  /** Asks until the database's clock has passed the end of the other lease. */
  private static Lease claimWhenFree(ProgressStore progress, BackfillId id, String owner) {
    while (true) {
      Claim claim = progress.claim(id, new LeaseRequest(owner, "local", LEASE));
      if (claim.isGranted()) {
        return claim.lease();
      }
    }
  }
}
