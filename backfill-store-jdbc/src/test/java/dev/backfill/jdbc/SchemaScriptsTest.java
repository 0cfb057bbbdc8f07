package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.internal.schema.SchemaVersion;
import dev.backfill.project.SupabaseProject;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The schema as a text is the schema that the store installs. */
class SchemaScriptsTest {

  private static final AtomicInteger COUNTER = new AtomicInteger();

  /** All that makes tables what they are. */
  private static final List<String> CATALOG =
      List.of(
          "SELECT c.relname, c.relkind, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod),"
              + " a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid)"
              + " FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0"
              + " LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum"
              + " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')"
              + " ORDER BY 1, 3",
          "SELECT conrelid::regclass, conname, pg_get_constraintdef(oid) FROM pg_constraint"
              + " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
          "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
              + " ORDER BY 1, 2",
          "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public' ORDER BY 1",
          "SELECT relname, relrowsecurity, reloptions FROM pg_class"
              + " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v') ORDER BY 1",
          "SELECT version, compatible_from FROM backfill_schema_version ORDER BY 1");

  /** Changes with every change to a definition or a version. */
  private static final List<String> MARKS =
      List.of(
          "SELECT oid, xmin, relname FROM pg_class"
              + " WHERE relnamespace = 'public'::regnamespace ORDER BY 1",
          "SELECT version, installed_at FROM backfill_schema_version ORDER BY 1");

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void afterTheTextThereIsNothingToInstallInPostgres(boolean supabase) throws Exception {
    DataSource installed = database();
    JdbcStore.open(installed).installSchema();
    String text =
        supabase
            ? SchemaScripts.supabase(TableNames.DEFAULT)
            : SchemaScripts.create("postgresql", TableNames.DEFAULT);
    DataSource scripted = database();
    SupabaseProject.apply(scripted, text);
    SupabaseProject.apply(scripted, text);

    List<String> before = all(scripted, MARKS);
    JdbcStore.open(scripted).installSchema();

    assertThat(all(scripted, MARKS)).isEqualTo(before).hasSizeGreaterThan(20);
    assertThat(all(scripted, CATALOG)).isEqualTo(all(installed, CATALOG)).hasSizeGreaterThan(100);
  }

  @Test
  void afterTheTextThereIsNothingToInstallInH2() throws Exception {
    String columns =
        "SELECT table_name, column_name, data_type, is_nullable, is_identity"
            + " FROM information_schema.columns WHERE table_schema = 'PUBLIC'"
            + " ORDER BY 1, ordinal_position";
    DataSource installed = TestDatabase.h2().dataSource();
    JdbcStore.open(installed).installSchema();
    DataSource scripted = TestDatabase.h2().dataSource();
    String text = SchemaScripts.create("h2", TableNames.DEFAULT);
    SupabaseProject.apply(scripted, text);
    SupabaseProject.apply(scripted, text);

    List<String> versions = SupabaseProject.query(scripted, MARKS.get(1));
    JdbcStore.open(scripted).installSchema();

    assertThat(SupabaseProject.query(scripted, MARKS.get(1)))
        .isEqualTo(versions)
        .hasSameSizeAs(SchemaVersion.ALL);
    assertThat(SupabaseProject.query(scripted, columns))
        .isEqualTo(SupabaseProject.query(installed, columns))
        .hasSizeGreaterThan(100);
  }

  @Test
  void afterTheTextThereIsNothingToInstallInSqlite(@TempDir Path folder) throws Exception {
    String definitions = "SELECT name, sql FROM sqlite_master ORDER BY 1";
    DataSource installed = TestDatabase.sqlite(folder).dataSource();
    JdbcStore.open(installed).installSchema();
    DataSource scripted = TestDatabase.sqlite(folder).dataSource();
    for (String statement :
        SchemaScripts.create("sqlite", TableNames.DEFAULT).split(";\\s*(\\R|$)")) {
      SupabaseProject.apply(scripted, statement);
    }

    List<String> versions = SupabaseProject.query(scripted, MARKS.get(1));
    JdbcStore.open(scripted).installSchema();

    assertThat(SupabaseProject.query(scripted, MARKS.get(1)))
        .isEqualTo(versions)
        .hasSameSizeAs(SchemaVersion.ALL);
    assertThat(SupabaseProject.query(scripted, definitions))
        .isEqualTo(SupabaseProject.query(installed, definitions))
        .hasSizeGreaterThan(15);
  }

  @Test
  void schemaAndPrefixAreInTheText() throws Exception {
    TableNames names = new TableNames("history", "my_");
    for (String text :
        List.of(SchemaScripts.create("postgresql", names), SchemaScripts.supabase(names))) {
      DataSource database = database();
      SupabaseProject.apply(database, text);
      JdbcStore store = JdbcStore.open(database, names);
      assertThat(store.progress().register(Chunks.KEY, "manual").key()).isEqualTo(Chunks.KEY);
      assertThat(
              SupabaseProject.query(
                  database, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'"))
          .isEmpty();
    }
  }

  @Test
  void refusesADialectThatThereIsNotAndASchemaWhereThereAreNone() {
    assertThatThrownBy(() -> SchemaScripts.create("oracle", TableNames.DEFAULT))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("postgresql, h2 or sqlite");
    assertThatThrownBy(() -> SchemaScripts.create("sqlite", new TableNames("history", "")))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("prefix");
  }

  private static List<String> all(DataSource database, List<String> queries) throws SQLException {
    List<String> rows = new ArrayList<>();
    for (String query : queries) {
      rows.addAll(SupabaseProject.query(database, query));
    }
    return rows;
  }

  /** A database of its own, without Supabase's roles. */
  private static DataSource database() throws SQLException {
    String name = "plain" + COUNTER.incrementAndGet();
    try (Connection connection = TestDatabase.server().getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    }
    return TestDatabase.server().getDatabase("postgres", name);
  }
}
