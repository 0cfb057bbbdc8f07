package dev.backfill.supabase;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;

class SupabaseProgressStoreTest extends ProgressStoreContract {

  private RestProject project;

  RestProject start() throws Exception {
    return RestProject.startStandIn();
  }

  @Override
  protected ProgressStore store() throws Exception {
    project = start();
    return ContractSinks.over(project);
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
