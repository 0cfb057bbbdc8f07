package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.internal.history.HistoryTables;
import dev.backfill.api.internal.history.UpsertTable;
import dev.backfill.api.source.RejectedItem;
import dev.backfill.api.source.Total;
import dev.backfill.api.store.Lease;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.project.SupabaseProject;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what in a Supabase project. */
class SupabaseAccessTest {

  private static final String TABLES =
      "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace"
          + " AND c.relkind IN ('r', 'v') ORDER BY 1";
  private static final String PUBLISHED =
      "SELECT schemaname, tablename FROM pg_publication_tables"
          + " WHERE pubname = 'supabase_realtime'";

  private static final List<String> HISTORY =
      HistoryTables.tables().stream().map(UpsertTable::name).toList();

  /** What signed-in users read; quarantine, logs, transitions and versions are not for them. */
  private static final List<String> READABLE =
      Stream.concat(
              Stream.of("backfill_chunks", "backfill_progress", "backfill_progress_summary"),
              HISTORY.stream())
          .sorted()
          .toList();

  @Test
  void afterTheMigrationEveryRoleMayDoWhatItShould() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    String migration = SchemaScripts.supabase(TableNames.DEFAULT);
    SupabaseProject.apply(project.owner(), migration);
    SupabaseProject.apply(project.owner(), migration);
    JdbcStore store = JdbcStore.open(project.owner());
    store.installSchema();
    commit(store);

    assertClosed(project);
    assertThat(SupabaseProject.query(project.owner(), PUBLISHED))
        .containsExactly("public, backfill_progress");
  }

  @Test
  void theInstallationClosesWhatItCreatesButPublishesNothing() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    JdbcStore store = JdbcStore.open(project.owner());
    store.installSchema();
    commit(store);

    assertClosed(project);
    assertThat(SupabaseProject.query(project.owner(), PUBLISHED)).isEmpty();
  }

  @Test
  void theMigrationAlsoClosesTablesThatWereThereBefore() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    for (String script : PreviousRelease.scripts("postgresql")) {
      SupabaseProject.apply(project.owner(), script);
    }
    assertThat(project.query("anon", "SELECT 1 FROM backfill_progress")).isEmpty();
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
    commit(JdbcStore.open(project.owner()));

    assertClosed(project);
  }

  @Test
  void anUpgradeLeavesTheRightsOfTablesThatAreThereAlone() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    for (String script : PreviousRelease.scripts("postgresql")) {
      SupabaseProject.apply(project.owner(), script);
    }
    SupabaseProject.apply(project.owner(), "REVOKE ALL ON backfill_progress FROM authenticated");
    List<String> before = SupabaseProject.query(project.owner(), TABLES);
    JdbcStore.open(project.owner()).installSchema();
    List<String> added = new ArrayList<>(SupabaseProject.query(project.owner(), TABLES));
    added.removeAll(before);

    assertRefused(project, "authenticated", "SELECT 1 FROM backfill_progress");
    assertRefused(project, "anon", "SELECT 1 FROM backfill_transitions");
    assertThat(
            SupabaseProject.query(
                project.owner(), "SELECT relname FROM pg_class WHERE relrowsecurity"))
        .contains("backfill_transitions", "backfill_jobs", "backfill_limits")
        .containsExactlyInAnyOrderElementsOf(added);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void onlyTheServiceRoleCallsFunctions(boolean installed) throws Exception {
    SupabaseProject project = SupabaseProject.create();
    if (installed) {
      JdbcStore.open(project.owner()).installSchema();
    } else {
      SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
    }
    String call = "SELECT backfill_current_time('{\"v\": 1}') ->> 'v'";

    assertThat(project.query("service_role", call)).containsExactly("1");
    assertRefused(project, "anon", call);
    assertRefused(project, "authenticated", call);
    assertThat(
            SupabaseProject.query(
                project.owner(),
                "SELECT p.proname FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace"
                    + " AND (has_function_privilege('anon', p.oid, 'EXECUTE')"
                    + " OR has_function_privilege('authenticated', p.oid, 'EXECUTE')"
                    + " OR p.prosecdef"
                    + " OR p.proargtypes = ARRAY['jsonb'::regtype::oid]::oidvector"
                    + " AND p.prorettype = 'jsonb'::regtype AND p.proconfig IS NULL)"))
        .as("functions that are open, or have no settings")
        .isEmpty();
  }

  @Test
  void aFunctionRefusesAnotherVersion() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    JdbcStore.open(project.owner()).installSchema();

    assertThatThrownBy(
            () -> project.query("service_role", "SELECT backfill_current_time('{\"v\": 2}')"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("PT412"));
  }

  @Test
  void aPublicationOfAllTablesStaysAsItIs() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), "DROP PUBLICATION supabase_realtime");
    project.asSuperuser("CREATE PUBLICATION supabase_realtime FOR ALL TABLES");
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));

    assertThat(SupabaseProject.query(project.owner(), PUBLISHED))
        .contains("public, backfill_progress");
  }

  @Test
  void anotherSchemaIsOpenedAsFarAsItsTablesAre() throws Exception {
    SupabaseProject project = SupabaseProject.create();
    TableNames names = new TableNames("history", "my_");
    SupabaseProject.apply(project.owner(), SchemaScripts.supabase(names));
    commit(JdbcStore.open(project.owner(), names));

    assertThat(
            project.query(
                "authenticated", "SELECT percent FROM history.my_backfill_progress_summary"))
        .hasSize(1);
    assertThat(
            project.query(
                "service_role", "SELECT history.my_backfill_current_time('{\"v\": 1}') ->> 'v'"))
        .containsExactly("1");
    assertRefused(project, "authenticated", "SELECT 1 FROM history.my_sync_logs");
    assertRefused(project, "anon", "SELECT 1 FROM history.my_backfill_progress");
  }

  private static void commit(JdbcStore store) {
    Lease lease = Chunks.claim(store.progress(), "worker");
    Sink<String> sink = JdbcSink.of((connection, items) -> new SinkCounts(items.size(), 0));
    store
        .progress()
        .commit(
            lease,
            Chunks.chunk(
                1,
                List.of("a", "b"),
                List.of(new RejectedItem("c", "too long", "payload")),
                Total.exact(100)),
            sink);
    assertThat(store.progress().list().get(0).counters().processed()).isEqualTo(3);
  }

  private static void assertClosed(SupabaseProject project) throws SQLException {
    List<String> tables = SupabaseProject.query(project.owner(), TABLES);
    assertThat(tables)
        .hasSizeGreaterThan(12)
        .filteredOn(table -> !table.startsWith("backfill_") && !table.equals("sync_logs"))
        .as("the tables of the history")
        .containsExactlyInAnyOrderElementsOf(HISTORY);
    assertThat(
            SupabaseProject.query(
                project.owner(),
                "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    + " AND relkind = 'r' AND NOT relrowsecurity"))
        .as("tables without row-level security")
        .isEmpty();
    TreeSet<String> read = new TreeSet<>();
    for (String table : tables) {
      assertRefused(project, "anon", "SELECT 1 FROM " + table);
      for (String role : List.of("anon", "authenticated")) {
        assertRefused(project, role, "DELETE FROM " + table);
        if (!table.endsWith("_summary")) {
          assertRefused(project, role, "TRUNCATE " + table + " CASCADE");
        }
      }
      assertThat(project.query("service_role", "SELECT 1 FROM " + table)).isNotNull();
      if (mayRead(project, table)) {
        read.add(table);
      }
    }
    assertThat(read).as("what signed-in users read").containsExactlyElementsOf(READABLE);
    assertRefused(project, "authenticated", "UPDATE backfill_progress SET status = 'cancelled'");
    assertThat(project.query("authenticated", "SELECT processed_items FROM backfill_progress"))
        .containsExactly("3");
    assertThat(
            project.query("authenticated", "SELECT percent, chunks FROM backfill_progress_summary"))
        .containsExactly("3.0, 1");
    assertThat(
            SupabaseProject.query(
                project.owner(),
                "SELECT current_setting('server_version_num')::integer < 150000"
                    + " OR reloptions::text LIKE '%security_invoker=true%'"
                    + " FROM pg_class WHERE relname = 'backfill_progress_summary'"))
        .containsExactly("t");
    project.as(
        "service_role",
        "UPDATE backfill_progress SET last_error = 'seen'",
        "INSERT INTO sync_logs (sync_type, target, status, started_at)"
            + " VALUES ('webhook', 'owner/name', 'completed', now())",
        "DELETE FROM backfill_quarantine");
    assertThat(SupabaseProject.query(project.owner(), "SELECT last_error FROM backfill_progress"))
        .containsExactly("seen");
    assertThat(SupabaseProject.query(project.owner(), "SELECT 1 FROM backfill_quarantine"))
        .isEmpty();
  }

  private static boolean mayRead(SupabaseProject project, String table) throws SQLException {
    return SupabaseProject.query(
            project.owner(),
            "SELECT has_table_privilege('authenticated', '" + table + "', 'SELECT')")
        .contains("t");
  }

  private static void assertRefused(SupabaseProject project, String role, String sql) {
    assertThatThrownBy(() -> project.as(role, sql))
        .as(role + ": " + sql)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
  }
}
