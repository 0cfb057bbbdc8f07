package dev.backfill.project;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * A PostgreSQL database with the parts of each Supabase project: the roles, default privileges that
 * open every new table and function of the schema public to all of them, an owner who is no
 * superuser, the login of the REST API, and the publication of Realtime.
 *
 * @param owner connects as the role that owns the tables
 * @param superuser connects as Supabase itself would
 * @param api connects as {@code authenticator}, the login of PostgREST
 * @param apiUri the connection string of {@code api}
 */
public record SupabaseProject(
    DataSource owner, DataSource superuser, DataSource api, String apiUri) {

  private static final AtomicInteger COUNTER = new AtomicInteger();
  private static final String OWNER = "project_owner";

  /** A server of its own: roles belong to the server, and other tests have none of these. */
  private static final class Server {
    static final EmbeddedPostgres POSTGRES = start();

    private static EmbeddedPostgres start() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
        run(
            server.getPostgresDatabase(),
            "CREATE ROLE anon NOLOGIN NOINHERIT",
            "CREATE ROLE authenticated NOLOGIN NOINHERIT",
            "CREATE ROLE service_role NOLOGIN NOINHERIT BYPASSRLS",
            "CREATE ROLE authenticator LOGIN NOINHERIT",
            "CREATE ROLE project_owner LOGIN CREATEDB CREATEROLE",
            "GRANT anon, authenticated, service_role TO authenticator",
            "GRANT anon, authenticated, service_role TO project_owner",
            "ALTER ROLE anon SET statement_timeout = '3s'",
            "ALTER ROLE authenticated SET statement_timeout = '8s'",
            "ALTER ROLE authenticator SET statement_timeout = '8s'",
            "ALTER ROLE authenticator SET lock_timeout = '8s'");
        return server;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Creates an empty project. */
  public static SupabaseProject create() throws SQLException {
    String database = "project" + COUNTER.incrementAndGet();
    EmbeddedPostgres server = Server.POSTGRES;
    run(server.getPostgresDatabase(), "CREATE DATABASE " + database + " OWNER " + OWNER);
    String defaults =
        "ALTER DEFAULT PRIVILEGES FOR ROLE project_owner IN SCHEMA public GRANT ALL ON ";
    run(
        server.getDatabase("postgres", database),
        "GRANT ALL ON SCHEMA public TO project_owner",
        "GRANT USAGE ON SCHEMA public TO anon, authenticated, service_role",
        defaults + "TABLES TO anon, authenticated, service_role",
        defaults + "FUNCTIONS TO anon, authenticated, service_role",
        defaults + "SEQUENCES TO anon, authenticated, service_role",
        "CREATE PUBLICATION supabase_realtime",
        "ALTER PUBLICATION supabase_realtime OWNER TO project_owner");
    return of(database);
  }

  /** Creates a project with the tables and functions of this one, which must have no connection. */
  public SupabaseProject copy() throws SQLException {
    String database = "project" + COUNTER.incrementAndGet();
    String original = query(superuser, "SELECT current_database()").get(0);
    run(
        Server.POSTGRES.getPostgresDatabase(),
        "CREATE DATABASE " + database + " OWNER " + OWNER + " TEMPLATE " + original);
    return of(database);
  }

  private static SupabaseProject of(String database) {
    EmbeddedPostgres server = Server.POSTGRES;
    return new SupabaseProject(
        server.getDatabase(OWNER, database),
        server.getDatabase("postgres", database),
        server.getDatabase("authenticator", database),
        "postgres://authenticator@127.0.0.1:" + server.getPort() + "/" + database);
  }

  /** Removes all rows but the versions of the schema, and lets numbers begin again. */
  public void clear() throws SQLException {
    try (Connection connection = superuser.getConnection();
        Statement statement = connection.createStatement()) {
      List<String> deletions = new ArrayList<>();
      // Few rows, which is faster than TRUNCATE; and without triggers, in any order.
      deletions.add("SET session_replication_role = replica");
      for (String table :
          query(
              connection,
              "SELECT oid::regclass FROM pg_class WHERE relkind = 'r'"
                  + " AND relnamespace = 'public'::regnamespace"
                  + " AND relname <> 'backfill_schema_version'")) {
        deletions.add("DELETE FROM " + table);
      }
      for (String sequence :
          query(
              connection,
              "SELECT oid::regclass FROM pg_class WHERE relkind = 'S'"
                  + " AND relnamespace = 'public'::regnamespace")) {
        deletions.add("SELECT setval('" + sequence + "', 1, false)");
      }
      statement.execute(String.join("; ", deletions));
    }
  }

  /** Runs statements as a role of the project, as its REST API does. */
  public void as(String role, String... statements) throws SQLException {
    List<String> all = new ArrayList<>(List.of("SET ROLE " + role));
    all.addAll(List.of(statements));
    run(owner, all.toArray(String[]::new));
  }

  /** Runs a statement that not even the owner may. */
  public void asSuperuser(String sql) throws SQLException {
    run(superuser, sql);
  }

  /** Returns the rows of a query of a role, with commas between the columns. */
  public List<String> query(String role, String sql) throws SQLException {
    try (Connection connection = owner.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SET ROLE " + role);
      return query(connection, sql);
    }
  }

  /** Applies a script as a whole, as {@code psql -1} and migration tools do. */
  public static void apply(DataSource database, String script) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(script);
      connection.commit();
    }
  }

  /** Returns the rows of a query, with commas between the columns. */
  public static List<String> query(DataSource database, String sql) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return query(connection, sql);
    }
  }

  /** Returns the rows of a query over an open connection, with commas between the columns. */
  public static List<String> query(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet result = statement.executeQuery()) {
      List<String> rows = new ArrayList<>();
      while (result.next()) {
        List<String> row = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          row.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join(", ", row));
      }
      return rows;
    }
  }

  private static void run(DataSource database, String... statements) throws SQLException {
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
