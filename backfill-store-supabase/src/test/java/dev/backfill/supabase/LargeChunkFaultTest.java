package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.history.IssueComment;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Backfill;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.CommitResult;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.postgrest.CallFault;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.sql.SQLException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A chunk that is uploaded in parts, with a fault at each request of its commit in turn. */
class LargeChunkFaultTest {

  private static final int ITEMS = 8;
  private static final int REJECTED = 2;

  /** Accepts one item, and not all of them. */
  private static final int MAX_BODY = 250_000;

  private static final int MIN_REQUESTS = 6;
  private static final int MAX_ATTEMPTS = 4;

  @ParameterizedTest
  // The others differ from these only for the client, which FaultAtEveryRequestTest covers.
  @EnumSource(
      names = {"LATE", "CUT_ANSWER", "UNAVAILABLE_BEFORE"},
      mode = EnumSource.Mode.EXCLUDE)
  void theChunkIsStoredOnce(CallFault fault) throws Exception {
    RestProject project = RestProject.startStandIn();
    long request = 0;
    try (SimulatedSupabase strict =
            SimulatedSupabase.over(project.database().api()).maxBody(MAX_BODY).start();
        SupabaseStore store = SupabaseStore.open(strict.url().toString(), strict.keys().secret())) {
      boolean met;
      do {
        request++;
        met = commit(project, strict, store, fault, request);
      } while (met);
      assertThat(strict.violations()).isEmpty();
    } finally {
      project.close();
    }
    assertThat(request).isGreaterThan(MIN_REQUESTS);
  }

  /** Commits a chunk in an empty project, and returns true if the fault happened. */
  private static boolean commit(
      RestProject project,
      SimulatedSupabase strict,
      SupabaseStore store,
      CallFault fault,
      long request)
      throws SQLException, InterruptedException {
    project.database().clear();
    Lease lease = LargeChunkTest.claim(project.jdbc().progress());
    ChunkCommit<IssueComment> chunk =
        LargeChunkTest.commit(
            LargeChunkTest.comments(ITEMS, 60_000), LargeChunkTest.rejected(REJECTED));
    long before = strict.calls();
    strict.faults(call -> call == before + request ? fault : null);

    CommitResult result = untilCommitted(store, lease, chunk);
    strict.awaitIdle();

    assertThat(result.counts())
        .as("%s at request %d", fault, request)
        .isEqualTo(new SinkCounts(ITEMS, 0));
    assertThat(project.jdbc().progress().get(lease.backfill()))
        .satisfies(
            backfill -> {
              assertThat(backfill.counters())
                  .isEqualTo(new Backfill.Counters(Total.exact(500), ITEMS + REJECTED, REJECTED));
              assertThat(backfill.nextChunkNumber()).isEqualTo(2);
            });
    assertThat(
            project.query(
                "SELECT count(*), count(DISTINCT github_id), min(length(body)), max(length(body))"
                    + " FROM issue_comments"))
        .containsExactly(ITEMS + ", " + ITEMS + ", 60000, 60000");
    assertThat(project.query("SELECT count(*), sum(attempts) FROM backfill_quarantine"))
        .containsExactly(REJECTED + ", " + REJECTED);
    assertThat(project.query("SELECT count(*) FROM backfill_chunks")).containsExactly("1");
    return strict.calls() >= before + request;
  }

  private static CommitResult untilCommitted(
      SupabaseStore store, Lease lease, ChunkCommit<IssueComment> chunk) {
    for (int attempt = 1; ; attempt++) {
      try {
        return store.progress().commit(lease, chunk, store.sink(IssueComment.class).orElseThrow());
      } catch (TransientFailureException e) {
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }
      }
    }
  }
}
