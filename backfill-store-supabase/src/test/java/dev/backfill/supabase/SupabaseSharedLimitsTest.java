package dev.backfill.supabase;

import dev.backfill.api.quota.SharedLimits;
import dev.backfill.testkit.SharedLimitsContract;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class SupabaseSharedLimitsTest extends SharedLimitsContract {

  private RestProject project;

  RestProject start() throws Exception {
    return RestProject.startStandIn();
  }

  @Override
  protected SharedLimits limits() throws Exception {
    project = start();
    return project.rest().limits();
  }

  @Override
  protected void moveStored(Duration age) throws SQLException {
    project.execute(
        "UPDATE backfill_limits SET updated_at = clock_timestamp() - interval '"
            + age.toSeconds()
            + " seconds'");
  }

  @AfterEach
  void close() {
    if (project != null) {
      project.close();
    }
  }
}
