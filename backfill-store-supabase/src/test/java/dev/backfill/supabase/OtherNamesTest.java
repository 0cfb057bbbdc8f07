package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.history.IssueComment;
import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.job.Priority;
import dev.backfill.api.policy.Decision;
import dev.backfill.api.source.Chunk;
import dev.backfill.api.source.Cursor;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.BackfillKey;
import dev.backfill.api.store.BackfillStatus;
import dev.backfill.api.store.ChunkCommit;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.SupabaseProject;
import dev.backfill.supabase.internal.history.TableSink;
import dev.backfill.supabase.internal.http.RpcClient;
import dev.backfill.supabase.internal.http.RpcTransport;
import dev.backfill.supabase.internal.jobs.SupabaseJobStore;
import dev.backfill.supabase.internal.progress.SupabaseProgressStore;
import dev.backfill.supabase.internal.report.SupabaseFailureLog;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

/** Tables and functions with a prefix, and in a schema of their own. */
class OtherNamesTest {

  private static final BackfillKey KEY = new BackfillKey("github:issue-comments", "owner/name");
  private static final Instant T0 = Instant.parse("2026-12-01T10:00:00Z");

  @Test
  void aPrefix() throws SQLException {
    TableNames names = new TableNames(null, "my_");
    SupabaseProject project = project(names);
    try (SimulatedSupabase api = SimulatedSupabase.over(project.api()).start();
        SupabaseStore store =
            SupabaseStore.builder(api.url().toString(), api.keys().secret())
                .tablePrefix("my_")
                .open()) {
      use(store.progress(), store.jobs(), store.sink(IssueComment.class).orElseThrow());
      assertThat(store.failures().recovered(KEY, T0)).isEmpty();
      assertThat(api.violations()).isEmpty();
    }
    assertStored(project, names);
  }

  @Test
  void aSchemaOfItsOwn() throws SQLException {
    TableNames names = new TableNames("history", "my_");
    SupabaseProject project = project(names);
    RpcClient client = new RpcClient(new Direct(project.api(), "history"), "my_");

    use(
        new SupabaseProgressStore(client),
        new SupabaseJobStore(client),
        new TableSink<>(HistoryTables.ISSUE_COMMENTS));
    assertThat(new SupabaseFailureLog(client).recovered(KEY, T0)).isEmpty();
    assertStored(project, names);
  }

  private static SupabaseProject project(TableNames names) throws SQLException {
    SupabaseProject project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(names));
    return project;
  }

  private static void use(ProgressStore store, JobStore jobs, Sink<IssueComment> sink) {
    LeaseRequest request = new LeaseRequest("worker", "test", Duration.ofMinutes(5));
    assertThat(jobs.enqueue(KEY, Priority.TRACKED, "newly tracked", T0, T0)).isTrue();
    Lease lease = store.claim(store.register(KEY, "manual").id(), request).lease();
    List<IssueComment> items = new RandomHistory(3).items(IssueComment.class);
    store.tryWrite(lease, items, sink);
    store.commit(lease, commit(items), sink);
    assertThat(store.countKnown(lease.backfill(), sink, "8000000000").orElseThrow()).isPositive();
    assertThat(store.missing(lease.backfill(), sink, "8000000000", List.of("7777")).orElseThrow())
        .containsExactly("7777");
    assertThat(store.difference(lease.backfill(), sink, "8000000000")).isEmpty();
    assertThat(store.quarantined(lease.backfill(), 10)).hasSize(1);
    assertThat(store.similarChunks(lease.backfill(), Total.exact(5), 10)).isEmpty();
    store.renew(lease);
    store.recordFailure(lease, "no");
    store.release(lease, LeaseRelease.as(BackfillStatus.PAUSED));
    assertThat(store.claimNext(request, Set.of(KEY.source()))).isEmpty();
    assertThat(store.claimPruning(Duration.ofDays(1))).isTrue();
    assertThat(store.prune(Duration.ofDays(1), 10).rows()).isZero();
    assertThat(jobs.find(KEY)).isPresent();
  }

  private static ChunkCommit<IssueComment> commit(List<IssueComment> items) {
    return new ChunkCommit<>(
        1,
        UUID.randomUUID(),
        Cursor.START,
        new Chunk<>(
            items,
            List.of(new RejectedItem("refused", "too long", "{}")),
            new Cursor("after 1"),
            false,
            1),
        new Decision.Proceed(25, 0, "the rule"),
        null,
        Duration.ofMillis(5),
        T0,
        Total.exact(500));
  }

  private static void assertStored(SupabaseProject project, TableNames names) throws SQLException {
    assertThat(JdbcStore.open(project.owner(), names).progress().find(KEY))
        .hasValueSatisfying(
            backfill -> assertThat(backfill.status()).isEqualTo(BackfillStatus.PAUSED));
  }

  /** Calls of functions by the API's login, without HTTP: the stand-in has one schema. */
  private record Direct(DataSource api, String schema) implements RpcTransport {

    @Override
    public Answer post(String function, byte[] body) throws IOException {
      try (Connection connection = api.getConnection();
          Statement role = connection.createStatement();
          PreparedStatement call =
              connection.prepareStatement(
                  "SELECT " + schema + "." + function + "(?::jsonb -> 'request')")) {
        role.execute("SET ROLE service_role");
        call.setString(1, new String(body, StandardCharsets.UTF_8));
        try (ResultSet rows = call.executeQuery()) {
          rows.next();
          return new Answer(200, rows.getString(1).getBytes(StandardCharsets.UTF_8), null);
        }
      } catch (SQLException e) {
        throw new IOException(e);
      }
    }

    @Override
    public String address() {
      return "directly";
    }

    @Override
    public String redact(String text) {
      return text;
    }

    @Override
    public void close() {}
  }
}
