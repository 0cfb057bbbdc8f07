package dev.backfill.supabase;

import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.ProgressStore;
import dev.backfill.testkit.ProgressStoreContract;
import org.junit.jupiter.api.AfterEach;

/** The contract through a real PostgREST. */
class PostgrestProgressStoreTest extends ProgressStoreContract {

  private RestProject project;

  @Override
  protected ProgressStore store() throws Exception {
    project = RestProject.startPostgrest();
    return ContractSinks.over(project);
  }

  @Override
  protected void expireLease(BackfillId id) throws Exception {
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
