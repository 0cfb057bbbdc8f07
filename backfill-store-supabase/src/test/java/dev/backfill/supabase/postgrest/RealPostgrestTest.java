package dev.backfill.supabase.postgrest;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.backfill.project.PostgrestProcess;
import dev.backfill.project.SupabaseProject;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;

class RealPostgrestTest extends PostgrestContract {

  private PostgrestProcess server;

  @Override
  URI start(SupabaseProject project) throws Exception {
    assumeTrue(PostgrestProcess.isAvailable(), "there is no -Dbackfill.postgrest");
    server = PostgrestProcess.start(project, keys.jwtSecret());
    return server.url();
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }
}
