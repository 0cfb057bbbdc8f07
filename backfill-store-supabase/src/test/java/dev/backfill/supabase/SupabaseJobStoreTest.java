package dev.backfill.supabase;

import dev.backfill.api.job.JobStore;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.JobStoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class SupabaseJobStoreTest extends JobStoreContract {

  private RestProject project;

  RestProject start() throws Exception {
    return RestProject.startStandIn();
  }

  @Override
  protected Stores stores() throws Exception {
    project = start();
    return new Stores() {
      @Override
      public ProgressStore progress() {
        return project.rest().progress();
      }

      @Override
      public JobStore jobs() {
        return project.rest().jobs();
      }
    };
  }

  @Override
  protected void expireLease(BackfillId id) throws SQLException {
    project.execute(
        "UPDATE backfill_progress SET lease_expires_at = '2000-01-01Z' WHERE id = " + id.value());
  }

  @AfterEach
  void close() {
    if (project != null) {
      project.close();
    }
  }
}
