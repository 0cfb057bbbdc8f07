package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.jdbc.internal.schema.SchemaVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tables, and how they come to be. */
abstract class AbstractSchemaTest {

  /** The columns that others rely on. */
  private static final Map<String, String> COLUMNS =
      Map.of(
          "backfill_progress",
          "id, source, target, status, phase, resume_cursor, total_items, processed_items,"
              + " quarantined_items, chunk_size, next_chunk_number, fence, lease_owner,"
              + " lease_expires_at, wait_until, wait_reason, consecutive_failures, last_error,"
              + " executor, trigger_reason, created_at, started_at, updated_at, completed_at",
          "backfill_chunks",
          "backfill_id, chunk_number, attempt_id, item_count, inserted_count, updated_count,"
              + " quarantined_count, cursor_before, cursor_after, chunk_size, size_reason,"
              + " quota_spent, quota_remaining, active_ms, worker, fence, started_at,"
              + " committed_at",
          "backfill_quarantine",
          "backfill_id, item_key, error, attempts, payload, first_seen_at, last_seen_at",
          "sync_logs",
          "id, sync_type, target, backfill_id, status, started_at, completed_at,"
              + " records_processed, records_inserted, records_updated, records_failed,"
              + " error_message, github_api_calls_used, rate_limit_remaining, metadata",
          "repositories",
          "id, full_name, owner, name",
          "accounts",
          "id, login, type",
          "pull_requests",
          "repository_id, number, github_id, title, body, state, draft, merged, author_id,"
              + " author_login, created_at, updated_at, merged_at, closed_at, additions,"
              + " deletions, changed_files, commits, comments, review_comments, head_ref,"
              + " base_ref, html_url",
          "pull_request_reviews",
          "github_id, repository_id, pull_request_number, state, author_id, author_login,"
              + " submitted_at, body, commit_id",
          "review_comments",
          "github_id, repository_id, pull_request_number, review_id, path, body, author_id,"
              + " author_login, created_at, updated_at, in_reply_to_id",
          "issue_comments",
          "github_id, repository_id, issue_number, body, author_id, author_login, created_at,"
              + " updated_at");

  private static final int NEWEST = SchemaVersion.ALL.size();

  private TestDatabase database;

  abstract TestDatabase database();

  /** Names beside the usual ones. */
  TableNames otherNames() {
    return new TableNames("other_schema", "my_");
  }

  @BeforeEach
  void open() {
    database = database();
  }

  @Test
  void hasEveryColumnThatOthersRelyOn() throws Exception {
    database.install();
    for (Map.Entry<String, String> table : COLUMNS.entrySet()) {
      assertThat(database.columns(table.getKey()))
          .as(table.getKey())
          .contains(table.getValue().split(", "));
    }
    assertThat(database.columns("backfill_progress_summary")).contains("percent", "chunks");
  }

  @Test
  void eightInstallersAtOnceInstallOnce() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(8);
    try {
      CyclicBarrier start = new CyclicBarrier(8);
      List<Future<JdbcStore>> stores = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        stores.add(
            executor.submit(
                () -> {
                  start.await();
                  return database.install();
                }));
      }
      for (Future<JdbcStore> store : stores) {
        assertThat(store.get().progress().list()).isEmpty();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(database.query("SELECT version FROM {backfill_schema_version} ORDER BY version"))
        .extracting(row -> row.get("version"))
        .containsExactlyElementsOf(
            SchemaVersion.ALL.stream().<Object>map(SchemaVersion::number).toList());
  }

  @Test
  void schemaAndPrefixKeepStoresApart() throws Exception {
    JdbcStore plain = database.install();
    TestDatabase other = new TestDatabase(database.dataSource(), otherNames());
    JdbcStore prefixed = other.install();
    prefixed.progress().register(Chunks.KEY, "manual");

    assertThat(plain.progress().list()).isEmpty();
    assertThat(prefixed.progress().list()).hasSize(1);
    assertThat(other.query("SELECT * FROM {backfill_progress_summary}")).hasSize(1);
  }

  @Test
  void installingAgainKeepsWhatIsThere() throws Exception {
    database.install().progress().register(Chunks.KEY, "manual");
    assertThat(database.install().progress().list()).hasSize(1);
  }

  /** As {@code backfill explain} does, before anybody has upgraded it. */
  @Test
  void theChunksOfAnOlderReleaseCanBeLookedAt() throws Exception {
    JdbcStore store = database.install();
    Lease lease = Chunks.claim(store.progress(), "worker");
    store
        .progress()
        .commit(
            lease,
            Chunks.chunk(1, List.of("a"), List.of(), Total.exact(100)),
            JdbcSink.of((connection, items) -> new SinkCounts(items.size(), 0)));
    database.execute("ALTER TABLE {backfill_chunks} DROP COLUMN size_basis");

    assertThat(store.progress().chunks(lease.backfill(), 1, 10))
        .singleElement()
        .satisfies(
            chunk -> {
              assertThat(chunk.sizeReason()).isEqualTo("the rule");
              assertThat(chunk.sizeBasis()).isNull();
            });
  }

  /** As {@code backfill status} does, before an operator has upgraded it. */
  @Test
  void aBackfillOfAnOlderReleaseCanBeLookedAt() throws Exception {
    JdbcStore store = database.install();
    Lease lease = Chunks.claim(store.progress(), "worker");
    database.execute("ALTER TABLE {backfill_progress} DROP COLUMN note");

    assertThat(store.progress().get(lease.backfill()).note()).isNull();
    assertThat(store.progress().list()).hasSize(1);
  }

  @Test
  void aNewerSchemaThatOlderNodesWorkWithIsUsed() throws Exception {
    JdbcStore store = database.install();
    database.execute("UPDATE {backfill_schema_version} SET version = 99 WHERE version = " + NEWEST);
    store.installSchema();
    store.progress().register(Chunks.KEY, "manual");
    assertThat(store.progress().list()).hasSize(1);
    assertThat(database.value("SELECT MAX(version) FROM {backfill_schema_version}"))
        .isEqualTo("99");
  }

  static Stream<String> versionsThatThisReleaseDoesNotKnow() {
    return Stream.of(Integer.toString(NEWEST + 1), "99", "NULL");
  }

  @ParameterizedTest
  @MethodSource("versionsThatThisReleaseDoesNotKnow")
  void aNewerSchemaThatOlderNodesWouldBreakIsRefused(String oldest) throws Exception {
    JdbcStore store = database.install();
    database.execute(
        "UPDATE {backfill_schema_version} SET version = 99, compatible_from = "
            + oldest
            + " WHERE version = "
            + NEWEST);
    assertThatThrownBy(store::installSchema)
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.INCOMPATIBLE))
        .hasMessageContaining("99")
        .hasMessageContaining("newer release");
  }

  @Test
  void aRequiredSchemaIsNotInstalled() throws Exception {
    JdbcStore store = JdbcStore.open(database.dataSource(), database.names());
    assertThatThrownBy(store::requireSchema)
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.NOT_INSTALLED))
        .hasMessageStartingWith("The database has no tables of backfill")
        .hasMessageContaining("installSchema");
    assertThatThrownBy(() -> store.progress().list()).isInstanceOf(PermanentFailureException.class);
    assertThat(store.installSchema().requireSchema()).isSameAs(store);
  }

  @Test
  void aRequiredSchemaOfAnOlderReleaseIsRefused() throws Exception {
    JdbcStore store = database.install();
    database.execute("DELETE FROM {backfill_schema_version} WHERE version = " + NEWEST);
    assertThatThrownBy(store::requireSchema)
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("version " + (NEWEST - 1))
        .hasMessageContaining("needs version " + NEWEST);
  }

  @Test
  void withoutTablesTheMessageNamesTheFix() {
    JdbcStore store = JdbcStore.open(database.dataSource(), database.names());
    assertThatThrownBy(() -> store.progress().list())
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageContaining("installSchema");
  }
}
