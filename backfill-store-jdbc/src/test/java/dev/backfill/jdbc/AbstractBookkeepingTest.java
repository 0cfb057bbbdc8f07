package dev.backfill.jdbc;

import static dev.backfill.jdbc.Chunks.chunk;
import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.Dispatch;
import dev.backfill.api.job.Job;
import dev.backfill.api.job.Placement;
import dev.backfill.api.job.Priority;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.testkit.fault.FaultyDataSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What people read: the log of runs and the summary. */
abstract class AbstractBookkeepingTest {

  private static final Sink<String> SINK = (items, transaction) -> new SinkCounts(items.size(), 0);

  private TestDatabase database;
  private JdbcStore store;
  private ProgressStore progress;

  abstract TestDatabase database();

  @BeforeEach
  void install() {
    database = database();
    store = database.install();
    progress = store.progress();
  }

  @Test
  void everyRunIsLogged() throws Exception {
    Lease first = Chunks.claim(progress, "first \"worker\"");
    progress.commit(first, chunk(1, List.of("a", "b")), SINK);
    progress.commit(
        first,
        chunk(2, List.of("c"), List.of(new RejectedItem("7", "no", "")), Total.exact(100)),
        SINK);
    assertThat(logs().get(0)).containsEntry("status", "running");
    progress.release(first, LeaseRelease.moreToDo());
    assertThat(logs().get(0))
        .containsEntry("sync_type", "github:pull-requests")
        .containsEntry("target", "owner/name")
        .containsEntry("status", "completed")
        .containsEntry("records_processed", 4L)
        .containsEntry("records_inserted", 3L)
        .containsEntry("records_updated", 0L)
        .containsEntry("records_failed", 1L)
        .containsEntry("github_api_calls_used", 4L)
        .containsEntry("rate_limit_remaining", 4996L)
        .containsEntry("error_message", null)
        .hasEntrySatisfying(
            "metadata",
            metadata ->
                assertThat(String.valueOf(metadata))
                    .matches(
                        "\\{\"worker\":\"first \\\\\"worker\\\\\"\",\"executor\":\"local\",\"fence\":1,"
                            + "\"chunks\":2,\"activeMillis\":[1-9][0-9]*}"));
    assertThat(logs().get(0).get("completed_at")).isNotNull();

    Lease second = Chunks.claim(progress, "second");
    progress.commit(second, chunk(3, List.of("d")), SINK);
    progress.release(second, LeaseRelease.failed("The token is wrong."));
    assertThat(logs().get(1))
        .containsEntry("status", "failed")
        .containsEntry("records_processed", 1L)
        .containsEntry("error_message", "The token is wrong.");
  }

  @Test
  void aRunOfAJobIsLoggedWithItsReasonAndPlace() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    Instant now = Instant.now();
    store.jobs().enqueue(Chunks.KEY, Priority.MANUAL, "a person \"waits\"", now, now);
    Job job = store.jobs().find(Chunks.KEY).orElseThrow();
    job =
        store
            .jobs()
            .update(
                job.withPlacement(
                    new Placement(Destination.GITHUB_ACTIONS, "its history is long", false)),
                List.of())
            .orElseThrow();
    store
        .jobs()
        .update(
            job.withDispatch(new Dispatch("id-1", now, "17", "https://github.com/x/y/17", now)),
            List.of());
    progress.release(lease, LeaseRelease.moreToDo());

    assertThat(String.valueOf(logs().get(0).get("metadata")))
        .endsWith(
            "\"chunks\":0,\"activeMillis\":0,\"trigger\":\"a person \\\"waits\\\"\","
                + "\"destination\":\"github-actions\",\"runUrl\":\"https://github.com/x/y/17\"}");
  }

  @Test
  void aRunWhoseWorkerDiedIsLoggedAsAbandoned() throws Exception {
    Lease dead = Chunks.claim(progress, "dead");
    progress.commit(dead, chunk(1, List.of("a", "b")), SINK);
    database.expireLease(dead.backfill());

    Chunks.claim(progress, "worker");

    assertThat(logs().get(0))
        .containsEntry("status", "abandoned")
        .containsEntry("records_processed", 2L);
    assertThat(logs().get(1)).containsEntry("status", "running");
  }

  @Test
  void theSummaryNeverShowsTooMuch() throws Exception {
    Lease lease = Chunks.claim(progress, "worker");
    assertThat(summary("percent")).isNull();
    progress.commit(lease, chunk(1, List.of("a"), List.of(), Total.UNKNOWN), SINK);
    assertThat(summary("percent")).isNull();
    progress.commit(lease, chunk(2, List.of("b"), List.of(), Total.estimate(3)), SINK);
    assertThat(summary("percent")).isEqualTo("66.6");
    assertThat(summary("chunks")).isEqualTo("2");
    assertThat(summary("items_per_second")).isEqualTo("10.0");
    progress.commit(lease, chunk(3, List.of("c"), List.of(), Total.exact(3)), SINK);
    assertThat(summary("percent")).isEqualTo("99.9");
    progress.commit(lease, chunk(4, List.of("d"), List.of(), Total.exact(3)), SINK);
    assertThat(summary("percent")).isEqualTo("99.9");
    progress.release(lease, LeaseRelease.as(BackfillStatus.COMPLETED));
    assertThat(summary("percent")).isEqualTo("100.0");
    assertThat(summary("lease_owner")).isNull();
  }

  @Test
  void aCommitCostsFourStatementsBesideTheSink() {
    FaultyDataSource calls = new FaultyDataSource(database.dataSource());
    ProgressStore counted = JdbcStore.open(calls.dataSource(), database.names()).progress();
    Lease lease = Chunks.claim(counted, "worker");
    for (long number = 1; number <= 500; number++) {
      List<RejectedItem> rejected = List.of(new RejectedItem("" + number, "no", ""));
      ChunkCommit<String> chunk = chunk(number, List.of("item"), rejected, Total.UNKNOWN);
      long before = calls.executions();
      counted.commit(lease, chunk, SINK);
      assertThat(calls.executions() - before).as("chunk %d", number).isEqualTo(4);
    }
  }

  @Test
  void aQuarantineCostsACommitOneStatementMore() {
    FaultyDataSource calls = new FaultyDataSource(database.dataSource());
    ProgressStore counted = JdbcStore.open(calls.dataSource(), database.names()).progress();
    Lease lease = Chunks.claim(counted, "worker");
    counted.commit(
        lease,
        chunk(1, List.of("a"), List.of(new RejectedItem("7", "no", "")), Total.UNKNOWN),
        SINK);
    ChunkCommit<String> plain =
        chunk(2, List.of("b"), List.of(new RejectedItem("8", "no", "")), Total.UNKNOWN);
    ChunkCommit<String> keyed = plain.withItemKeys(List.of("7"));
    long before = calls.executions();

    counted.commit(lease, keyed, SINK);

    assertThat(calls.executions() - before).isEqualTo(5);
  }

  @Test
  void theFirstCursorIsNull() throws Exception {
    progress.register(Chunks.KEY, "manual");
    assertThat(database.value("SELECT resume_cursor FROM {backfill_progress}")).isNull();
    assertThat(database.value("SELECT status FROM {backfill_progress}")).isEqualTo("pending");
    assertThat(database.value("SELECT phase FROM {backfill_progress}")).isEqualTo("history");
  }

  private List<Map<String, Object>> logs() throws Exception {
    return List.copyOf(database.query("SELECT * FROM {sync_logs} ORDER BY id"));
  }

  private String summary(String column) throws Exception {
    return database.value("SELECT " + column + " FROM {backfill_progress_summary}");
  }
}
