package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.api.job.Destination;
import dev.backfill.api.job.JobEvent;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Claim;
import dev.backfill.api.store.LeaseRelease;
import dev.backfill.api.store.LeaseRequest;
import dev.backfill.api.store.ProgressStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** PostgreSQL's plans for tables that only grow: none of them reads such a table whole. */
class GrownTablesTest {

  private static final Pattern WHOLE =
      Pattern.compile(
          "Seq Scan on \\S*(sync_logs|backfill_transitions|backfill_job_events|backfill_chunks)");

  private static final Pattern SQL = Pattern.compile("```sql\n(.*?);?\n```", Pattern.DOTALL);
  private static final Set<String> SOURCES = Set.of("github:pull-requests");

  private static final TestDatabase DATABASE = TestDatabase.postgres();
  private static final List<String> SEEN = new ArrayList<>();
  private static final JdbcStore STORE =
      DATABASE.with(seeing(DataSource.class, DATABASE.dataSource())).install();

  @BeforeAll
  static void fill() throws Exception {
    for (String statement :
        List.of(
            "INSERT INTO {backfill_progress} (source, target, status, phase, total_kind,"
                + " processed_items, quarantined_items, chunk_size, next_chunk_number, fence,"
                + " consecutive_failures, trigger_reason, created_at, updated_at)"
                + " SELECT 'github:pull-requests', 'owner/name-' || i, 'completed', 'history',"
                + " 'exact', 1, 0, 50, 21, 20, 0, 'tracked', now(), now()"
                + " FROM generate_series(1, 1000) AS i",
            "INSERT INTO {backfill_jobs} (backfill_id, state, priority, trigger_reason, queued_at,"
                + " due_at, turn_order_at, attempts, slices, version) SELECT id, 'idle',"
                + " 'scheduled', 'on schedule', now(), now() + id * interval '1 second', now(), 0,"
                + " 1, 1 FROM {backfill_progress}",
            "INSERT INTO {backfill_chunks} (backfill_id, chunk_number, attempt_id, item_count,"
                + " inserted_count, updated_count, quarantined_count, cursor_before, cursor_after,"
                + " chunk_size, size_reason, quota_spent, active_ms, worker, fence, started_at,"
                + " committed_at) SELECT p.id, n, gen_random_uuid(), 1, 1, 0, 0, '', '', 50, 'r',"
                + " 1, 1, 'w', n, now(), now() FROM {backfill_progress} p, generate_series(1, 20)"
                + " AS n",
            "INSERT INTO {backfill_job_events} (backfill_id, kind, destination, reason,"
                + " occurred_at) SELECT 1 + i % 1000, CASE WHEN i % 100 = 0 THEN 'failed' ELSE"
                + " 'claimed' END, 'github-actions', 'r', now() - i * interval '10 minutes'"
                + " FROM generate_series(1, 20000) AS i",
            "INSERT INTO {backfill_transitions} (backfill_id, from_status, to_status, cause, actor,"
                + " fence, occurred_at) SELECT 1 + i % 1000, 'completed', 'running', 'claim', 'w',"
                + " 1, now() - i * interval '10 minutes' FROM generate_series(1, 20000) AS i",
            "INSERT INTO {sync_logs} (sync_type, target, backfill_id, fence, status, started_at,"
                + " metadata) SELECT 'github:pull-requests', 'owner/name', 1 + i % 1000, i,"
                + " 'completed', now() - i * interval '10 minutes', '{}'"
                + " FROM generate_series(1, 20000) AS i",
            "ANALYZE {backfill_progress}",
            "ANALYZE {backfill_jobs}",
            "ANALYZE {backfill_chunks}",
            "ANALYZE {backfill_job_events}",
            "ANALYZE {backfill_transitions}",
            "ANALYZE {sync_logs}")) {
      DATABASE.execute(statement);
    }
    SEEN.clear();
  }

  @Test
  void aLookReadsNoGrownTableWhole() throws Exception {
    STORE.jobs().dispatched();
    STORE.jobs().due(Instant.now(), SOURCES, 1_000);
    STORE.jobs().nextDue(SOURCES);
    STORE.jobs().latest(Destination.GITHUB_ACTIONS, Set.of(JobEvent.Kind.FAILED), 20);
    assertNoneIsReadWhole();
  }

  @Test
  void workReadsNoGrownTableWhole() throws Exception {
    ProgressStore progress = STORE.progress();
    BackfillId id = new BackfillId(17);
    Claim claim = progress.claim(id, new LeaseRequest("worker", "local", Duration.ofMinutes(1)));
    progress.chunks(id, 1, 32);
    progress.release(claim.lease(), LeaseRelease.moreToDo());
    assertNoneIsReadWhole();
  }

  @Test
  void commandsReadNoGrownTableWhole() throws Exception {
    BackfillId id = new BackfillId(17);
    STORE.progress().list();
    STORE.jobs().list();
    STORE.progress().latestTransitions(id, 500);
    STORE.jobs().latestEvents(id, 10);
    STORE.progress().transitions(id, 0, 500);
    STORE.jobs().events(id, 0, 500);
    assertNoneIsReadWhole();
  }

  @Test
  void thePageForOperatorsReadsNoGrownTableWhole() throws Exception {
    String page = Files.readString(Path.of("..", "docs", "operations.md"));
    SQL.matcher(page).results().forEach(found -> SEEN.add(named(found.group(1))));
    assertNoneIsReadWhole();
  }

  /** The test's tables have a schema of their own. */
  private static String named(String sql) {
    return sql.replaceAll(
        "\\b(FROM|JOIN) ((?:backfill_|sync_)[a-z_]+)", "$1 " + DATABASE.names().schema() + ".$2");
  }

  private static void assertNoneIsReadWhole() throws Exception {
    List<String> statements = List.copyOf(SEEN);
    SEEN.clear();
    assertThat(statements).isNotEmpty();
    try (Connection connection = DATABASE.dataSource().getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("EXPLAIN " + sql)) {
          while (rows.next()) {
            plan.append(rows.getString(1)).append('\n');
          }
        }
        assertThat(plan.toString()).as(sql).doesNotContainPattern(WHOLE);
      }
    }
  }

  /** Keeps the text of each statement, with its values, as the driver writes it. */
  private static <T> T seeing(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (target instanceof PreparedStatement && method.getName().startsWith("execute")) {
                SEEN.add(((PreparedStatement) target).unwrap(Statement.class).toString());
              }
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (result instanceof Connection && target instanceof DataSource) {
                return seeing(Connection.class, result);
              }
              return result instanceof PreparedStatement
                  ? seeing(PreparedStatement.class, result)
                  : result;
            }));
  }
}
