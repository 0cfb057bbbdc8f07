package dev.backfill.supabase;

import dev.backfill.api.report.FailureLog;
import dev.backfill.testkit.FailureLogContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class SupabaseFailureLogTest extends FailureLogContract {

  private RestProject project;

  RestProject start() throws Exception {
    return RestProject.startStandIn();
  }

  @Override
  protected FailureLog log() throws Exception {
    project = start();
    return project.rest().failures();
  }

  @Override
  protected void expireClaim(String fingerprint) throws SQLException {
    project.execute(
        "UPDATE backfill_failures SET claimed_until = '2000-01-01Z' WHERE fingerprint = '"
            + fingerprint
            + "'");
  }

  @AfterEach
  void close() {
    if (project != null) {
      project.close();
    }
  }
}
