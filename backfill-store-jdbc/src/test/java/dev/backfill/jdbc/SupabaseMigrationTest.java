package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The migration for a Supabase project, on a server with a project's roles and on a plain one. */
class SupabaseMigrationTest {

  private static final String COLUMNS =
      "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable"
          + " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1";

  private static EmbeddedPostgres server;

  @BeforeAll
  static void start() throws Exception {
    server = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    execute(server.getPostgresDatabase(), "CREATE DATABASE plain; ");
    execute(server.getPostgresDatabase(), "CREATE DATABASE installed");
    execute(server.getPostgresDatabase(), "CREATE DATABASE project");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void theFileIsMadeOfTheStoresOwnScripts() {
    assertThat(SchemaScripts.supabase()).isEqualTo(SchemaScripts.supabaseParts());
    assertThat(SchemaScripts.supabaseFileName()).matches("[0-9]{14}_backfill\\.sql");
  }

  @Test
  void onPlainPostgresItIsWhatInstallSchemaDoesAndCanBeAppliedTwice() throws Exception {
    DataSource plain = server.getDatabase("postgres", "plain");
    execute(plain, SchemaScripts.supabase());
    execute(plain, SchemaScripts.supabase());
    JdbcStore store = JdbcStore.open(plain);
    store.installSchema();
    DataSource installed = server.getDatabase("postgres", "installed");
    JdbcStore.open(installed).installSchema();

    assertThat(texts(plain, COLUMNS)).isEqualTo(texts(installed, COLUMNS)).hasSizeGreaterThan(80);
    assertThat(store.progress().register(Chunks.KEY, "manual").key()).isEqualTo(Chunks.KEY);
  }

  @Test
  void inAProjectTheRolesMayWhatTheyShouldAndProgressIsPublished() throws Exception {
    DataSource project = server.getDatabase("postgres", "project");
    execute(
        project,
        "CREATE ROLE anon NOLOGIN; CREATE ROLE authenticated NOLOGIN;"
            + " CREATE ROLE service_role NOLOGIN BYPASSRLS;"
            + " CREATE PUBLICATION supabase_realtime;"
            + " ALTER DEFAULT PRIVILEGES IN SCHEMA public"
            + " GRANT ALL ON TABLES TO anon, authenticated, service_role");
    execute(project, SchemaScripts.supabase());
    execute(project, SchemaScripts.supabase());
    JdbcStore store = JdbcStore.open(project);
    store.installSchema();
    store.progress().register(Chunks.KEY, "manual");

    assertThat(as(project, "authenticated", "SELECT target FROM backfill_progress"))
        .containsExactly("owner/name");
    assertThat(as(project, "authenticated", "SELECT target FROM backfill_progress_summary"))
        .containsExactly("owner/name");
    for (String forbidden :
        List.of(
            "UPDATE backfill_progress SET status = 'failed' RETURNING target",
            "SELECT payload FROM backfill_quarantine",
            "SELECT error_message FROM sync_logs",
            "SELECT actor FROM backfill_transitions")) {
      assertThatThrownBy(() -> as(project, "authenticated", forbidden))
          .as(forbidden)
          .hasMessageContaining("permission denied");
    }
    for (String table :
        List.of("backfill_progress", "pull_requests", "backfill_progress_summary")) {
      assertThatThrownBy(() -> as(project, "anon", "SELECT COUNT(*)::text FROM " + table))
          .as(table)
          .hasMessageContaining("permission denied");
    }
    assertThat(
            as(
                project,
                "service_role",
                "UPDATE backfill_progress SET trigger_reason = 'test' RETURNING target"))
        .containsExactly("owner/name");
    assertThat(
            texts(
                project,
                "SELECT tablename::text FROM pg_publication_tables"
                    + " WHERE pubname = 'supabase_realtime'"))
        .containsExactly("backfill_progress");
    assertThat(
            texts(
                project,
                "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace"
                    + " AND relkind = 'r' AND NOT relrowsecurity"))
        .as("tables without row-level security")
        .isEmpty();
  }

  private static void execute(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> as(DataSource database, String role, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE " + role);
      return texts(statement, sql);
    }
  }

  private static List<String> texts(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      return texts(statement, sql);
    }
  }

  private static List<String> texts(Statement statement, String sql) throws SQLException {
    List<String> texts = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        texts.add(rows.getString(1));
      }
    }
    return texts;
  }
}
