package dev.backfill.supabase.postgrest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.backfill.project.SupabaseProject;
import dev.backfill.supabase.postgrest.RestClient.Answer;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.net.URI;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class StandInPostgrestTest extends PostgrestContract {

  private SimulatedSupabase server;

  @Override
  URI start(SupabaseProject project) {
    server = SimulatedSupabase.over(project.api()).keys(keys).start();
    return server.url();
  }

  @AfterAll
  void stop() {
    server.close();
  }

  @Test
  void aCallThatTheRealOneWouldRepeatForEverIsRecorded() throws Exception {
    Answer answer = call("fail", "{\"state\": \"40001\"}");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.field("code")).isEqualTo("40001");
    assertThat(server.violations())
        .containsExactly("40001 left fail, and PostgREST before 16 repeats such a call for ever");
  }
}
