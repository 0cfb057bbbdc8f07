package dev.backfill.supabase.postgrest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.backfill.project.SupabaseProject;
import dev.backfill.supabase.postgrest.RestClient.Answer;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.postgrest.ApiCall;
import dev.backfill.testkit.postgrest.ApiCall.Credential;
import dev.backfill.testkit.postgrest.ApiKeys;
import dev.backfill.testkit.postgrest.CallFault;
import dev.backfill.testkit.postgrest.SimulatedSupabase;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The gateway of a simulated project, and its faults. */
@Timeout(60)
class SimulatedSupabaseTest {

  private static final String COUNT =
      """
      CREATE TABLE counted (id bigint GENERATED ALWAYS AS IDENTITY);
      REVOKE ALL ON counted FROM anon;
      CREATE FUNCTION count_call(request jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO counted DEFAULT VALUES;
        RETURN jsonb_build_object('role', current_user, 'more', repeat('x', 1000));
      END $$;
      """;
  private static final String PATH = "/rest/v1/rpc/count_call";
  private static final String REQUEST = "{\"request\": {}}";

  private final ApiKeys keys = ApiKeys.ofDefaults();
  private SupabaseProject project;
  private SimulatedSupabase supabase;
  private RestClient client;

  @BeforeEach
  void start() throws SQLException {
    project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), COUNT);
    supabase = SimulatedSupabase.over(project.api()).maxBody(2_000).start();
    client = new RestClient(supabase.url());
  }

  @AfterEach
  void stop() {
    assertThat(supabase.violations()).isEmpty();
    supabase.close();
  }

  private Answer call(String... headers) throws IOException, InterruptedException {
    return client.send("POST", PATH, REQUEST, headers);
  }

  private Answer call(Duration timeout) throws IOException, InterruptedException {
    return client.send(
        "POST", PATH, REQUEST.getBytes(StandardCharsets.UTF_8), timeout, "apikey", keys.secret());
  }

  private int calls() throws SQLException {
    return SupabaseProject.query(project.superuser(), "SELECT 1 FROM counted").size();
  }

  @Test
  void aTokenIsAKeyAndABearer() throws Exception {
    String token = keys.serviceRole();

    assertThat(call("apikey", token, "Authorization", "Bearer " + token).body())
        .contains("\"role\": \"service_role\"");
    assertThat(call("apikey", token).status()).as("the key alone gives no rights").isEqualTo(401);
    assertThat(supabase.log())
        .extracting(ApiCall::apiKey, ApiCall::bearer, ApiCall::status, ApiCall::function)
        .containsExactly(
            tuple(Credential.TOKEN, Credential.TOKEN, 200, "count_call"),
            tuple(Credential.TOKEN, Credential.NONE, 401, "count_call"));
    assertThat(supabase.log().toString()).doesNotContain(token);
  }

  @Test
  void aSecretKeyIsNoBearer() throws Exception {
    String secret = keys.secret();

    assertThat(call("apikey", secret, "User-Agent", "backfill/1").body())
        .contains("\"role\": \"service_role\"");
    assertThat(call("apikey", secret, "Authorization", "Bearer " + secret).field("code"))
        .isEqualTo("PGRST301");
    assertThat(call("apikey", secret, "User-Agent", "Mozilla/5.0").body())
        .contains("Forbidden use of secret API key in browser");
    assertThat(call("apikey", keys.publishable()).status()).isEqualTo(401);
    assertThat(supabase.log().toString()).doesNotContain(secret);
    assertThat(calls()).isEqualTo(1);
  }

  @Test
  void aKeyOfAnotherProjectIsRefused() throws Exception {
    assertThat(call().body()).contains("No API key found in request");
    assertThat(call("apikey", "sb_secret_other").body()).contains("Invalid API key");
    assertThat(call("apikey", keys.roleToken("other")).status()).isEqualTo(401);
  }

  @Test
  void anAnswerIsCompressedIfTheClientAcceptsThat() throws Exception {
    Answer answer = call("apikey", keys.secret(), "Accept-Encoding", "gzip");

    assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
    assertThat(answer.body().length()).isLessThan(500);
  }

  @Test
  void aLargeBodyAndAPausedProjectAreRefused() throws Exception {
    String large = "{\"request\": \"" + "x".repeat(2_000) + "\"}";
    assertThat(client.send("POST", PATH, large, "apikey", keys.secret()).status()).isEqualTo(413);
    supabase.pause(true);
    assertThat(call("apikey", keys.secret()).status()).isEqualTo(540);
    supabase.pause(false);
    assertThat(call("apikey", keys.secret()).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "CUT_BEFORE, 0",
    "CUT_DURING, 1",
    "CUT_AFTER, 1",
    "CUT_ANSWER, 1",
  })
  void aConnectionIsCut(CallFault fault, int runs) throws Exception {
    supabase.faultAt(2, fault);
    Duration timeout = Duration.ofSeconds(30);

    assertThat(call(timeout).status()).isEqualTo(200);
    assertThatThrownBy(() -> call(timeout))
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(HttpTimeoutException.class);
    supabase.awaitIdle();
    assertThat(calls()).isEqualTo(1 + runs);
    assertThat(call(timeout).status()).isEqualTo(200);
    assertThat(supabase.log()).extracting(ApiCall::fault).containsExactly(null, fault, null);
  }

  @Test
  void anAnswerIsLate() throws Exception {
    supabase.faultAt(1, CallFault.LATE);

    assertThatThrownBy(() -> call(Duration.ofMillis(300))).isInstanceOf(HttpTimeoutException.class);
    Eventually.until("the call is committed", () -> calls() == 1);
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE_BEFORE, 503, 0", "UNAVAILABLE_AFTER, 502, 1",
    "REPEATED, 200, 2", "REPEATED_AT_ONCE, 200, 2",
  })
  void aProxyAnswersOrRepeats(CallFault fault, int status, int runs) throws Exception {
    supabase.faultAt(1, fault);

    assertThat(call(Duration.ofSeconds(30)).status()).isEqualTo(status);
    assertThat(calls()).isEqualTo(runs);
  }

  @Test
  void aFunctionThatReturnsRowsIsRecorded() throws Exception {
    SupabaseProject.apply(
        project.owner(),
        "CREATE FUNCTION rows(request jsonb) RETURNS SETOF jsonb LANGUAGE sql AS 'SELECT $1'");
    try (SimulatedSupabase other = SimulatedSupabase.over(project.api()).start()) {
      new RestClient(other.url()).send("POST", "/rpc/rows", REQUEST);
      assertThat(other.violations())
          .containsExactly("rows returns a set, which PostgREST cuts after db-max-rows");
    }
  }
}
