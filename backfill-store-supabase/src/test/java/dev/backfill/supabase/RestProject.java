package dev.backfill.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.PostgrestProcess;
import dev.backfill.project.SupabaseProject;
import dev.backfill.testkit.postgrest.ApiKeys;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/**
 * A project with the migration, its REST API, and a store of each kind over the same tables.
 *
 * @param database the project's database
 * @param api its REST API
 * @param rest the store over REST
 * @param jdbc the store over JDBC
 * @param idle the projects among which it is after its test, for the next one; null to stop it
 */
record RestProject(
    SupabaseProject database,
    SimulatedSupabase api,
    SupabaseStore rest,
    JdbcStore jdbc,
    @Nullable Queue<RestProject> idle)
    implements AutoCloseable {

  private static final Queue<RestProject> IDLE_STAND_INS = new ConcurrentLinkedQueue<>();
  private static final Queue<RestProject> IDLE_POSTGRESTS = new ConcurrentLinkedQueue<>();

  /** A definition that replaces a function in all projects that a thread starts. */
  private static final ThreadLocal<String> FUNCTION = new ThreadLocal<>();

  private static final class Migrated {
    static final SupabaseProject TEMPLATE = create();

    private static SupabaseProject create() {
      try {
        SupabaseProject project = SupabaseProject.create();
        SupabaseProject.apply(project.owner(), SchemaScripts.supabase(TableNames.DEFAULT));
        return project;
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Starts a project before the stand-in, of which a test may change all. */
  static RestProject start() throws SQLException {
    return standIn(null);
  }

  /** Starts a project before the stand-in, or takes one of which a test has changed only rows. */
  static RestProject startStandIn() throws SQLException {
    String function = FUNCTION.get();
    if (function != null) {
      RestProject changed = start();
      changed.execute(function);
      return changed;
    }
    RestProject idle = IDLE_STAND_INS.poll();
    return idle == null ? standIn(IDLE_STAND_INS) : idle;
  }

  /** Runs work with another definition of a function in the projects that this thread starts. */
  static void withFunction(String definition, Runnable work) {
    FUNCTION.set(definition);
    try {
      work.run();
    } finally {
      FUNCTION.remove();
    }
  }

  /**
   * Starts a project before a real PostgREST, or takes one of which a test has changed only rows.
   */
  static RestProject startPostgrest() throws Exception {
    assumeTrue(PostgrestProcess.isAvailable(), "there is no -Dbackfill.postgrest");
    RestProject idle = IDLE_POSTGRESTS.poll();
    if (idle != null) {
      return idle;
    }
    SupabaseProject database = Migrated.TEMPLATE.copy();
    ApiKeys keys = ApiKeys.ofDefaults();
    PostgrestProcess postgrest = PostgrestProcess.start(database, keys.jwtSecret());
    Runtime.getRuntime().addShutdownHook(new Thread(postgrest::close));
    return of(
        database, SimulatedSupabase.before(postgrest.url()).keys(keys).start(), IDLE_POSTGRESTS);
  }

  private static RestProject standIn(@Nullable Queue<RestProject> idle) throws SQLException {
    SupabaseProject database = Migrated.TEMPLATE.copy();
    return of(database, SimulatedSupabase.over(database.api()).start(), idle);
  }

  private static RestProject of(
      SupabaseProject database, SimulatedSupabase api, @Nullable Queue<RestProject> idle) {
    SupabaseStore rest = SupabaseStore.open(api.url().toString(), api.keys().secret());
    return new RestProject(database, api, rest, JdbcStore.open(database.owner()), idle);
  }

  void execute(String sql) throws SQLException {
    database.as("project_owner", sql);
  }

  List<String> query(String sql) throws SQLException {
    return SupabaseProject.query(database.owner(), sql);
  }

  /** Checks that no error left a function that PostgREST would repeat for ever. */
  @Override
  public void close() {
    assertThat(api.violations()).isEmpty();
    if (idle != null) {
      try {
        database.clear();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      api.faults(call -> null);
      idle.add(this);
    } else {
      rest.close();
      api.close();
    }
  }
}
