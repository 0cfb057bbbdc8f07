package dev.backfill.supabase;

import dev.backfill.api.BackfillStore;
import dev.backfill.api.job.JobStore;
import dev.backfill.api.quota.SharedLimits;
import dev.backfill.api.report.FailureLog;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.api.store.Sink;
import dev.backfill.jdbc.JdbcStore;
import dev.backfill.jdbc.SchemaScripts;
import dev.backfill.jdbc.TableNames;
import dev.backfill.project.SupabaseProject;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * A project with the migration, its REST API, and a store of each kind over the same tables.
 *
 * @param database the project's database
 * @param api its REST API
 * @param rest the store over REST
 * @param jdbc the store over JDBC
 */
record RestProject(
    SupabaseProject database, SimulatedSupabase api, SupabaseStore rest, JdbcStore jdbc)
    implements AutoCloseable {

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

  static RestProject start() throws SQLException {
    SupabaseProject database = Migrated.TEMPLATE.copy();
    SimulatedSupabase api = SimulatedSupabase.over(database.api()).start();
    SupabaseStore rest = SupabaseStore.open(api.url().toString(), api.keys().secret());
    return new RestProject(database, api, rest, JdbcStore.open(database.owner()));
  }

  /** Jobs, failures and limits over REST, beside progress and rows over JDBC. */
  BackfillStore store() {
    return new BackfillStore() {
      @Override
      public ProgressStore progress() {
        return jdbc.progress();
      }

      @Override
      public JobStore jobs() {
        return rest.jobs();
      }

      @Override
      public FailureLog failures() {
        return rest.failures();
      }

      @Override
      public SharedLimits limits() {
        return rest.limits();
      }

      @Override
      public <T> Optional<Sink<T>> sink(Class<T> itemType) {
        return jdbc.sink(itemType);
      }
    };
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
    rest.close();
    api.close();
    if (!api.violations().isEmpty()) {
      throw new AssertionError(api.violations());
    }
  }
}
