package dev.backfill.supabase.postgrest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.backfill.project.SupabaseProject;
import dev.backfill.supabase.postgrest.RestClient.Answer;
import dev.backfill.testkit.Eventually;
import dev.backfill.testkit.postgrest.ApiKeys;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store needs of PostgREST, for the real one and for its stand-in. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
abstract class PostgrestContract {

  private static final String FUNCTIONS =
      """
      CREATE TABLE things (id bigint PRIMARY KEY, name text NOT NULL);
      CREATE TABLE late_things (id bigint UNIQUE DEFERRABLE INITIALLY DEFERRED);

      CREATE FUNCTION echo(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT $1 $$;
      CREATE FUNCTION named(request jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT request $$;
      CREATE FUNCTION two(a integer, b text DEFAULT 'none') RETURNS jsonb LANGUAGE sql
        AS $$ SELECT jsonb_build_object('a', a, 'b', b) $$;
      CREATE FUNCTION nothing(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT NULL::jsonb $$;
      CREATE FUNCTION no_answer(jsonb) RETURNS void LANGUAGE sql AS $$ SELECT $$;

      CREATE FUNCTION fail(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION USING ERRCODE = $1 ->> 'state', MESSAGE = 'CODE', DETAIL = 'details',
          HINT = 'hint';
      END $$;

      CREATE FUNCTION custom(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        RAISE EXCEPTION USING ERRCODE = 'PGRST', MESSAGE = $1 ->> 'message',
          DETAIL = $1 ->> 'detail';
      END $$;

      CREATE FUNCTION store(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO things SELECT x.id, x.name
          FROM jsonb_to_recordset($1 -> 'rows') AS x(id bigint, name text);
        RETURN '{"stored": true}';
      END $$;

      CREATE FUNCTION store_late(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        INSERT INTO late_things VALUES (1), (1);
        RETURN '{"stored": true}';
      END $$;

      CREATE FUNCTION store_after_lock(jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_advisory_xact_lock(7);
        INSERT INTO things VALUES (($1 ->> 'id')::bigint, 'after the lock');
        RETURN '{"stored": true}';
      END $$;

      CREATE FUNCTION slow(jsonb) RETURNS jsonb LANGUAGE plpgsql SET statement_timeout = '200ms'
        AS $$ BEGIN PERFORM pg_sleep(20); RETURN '{}'; END $$;

      CREATE FUNCTION identity(jsonb) RETURNS jsonb LANGUAGE sql AS $$
        SELECT jsonb_build_object(
          'role', current_user, 'login', session_user,
          'claim', current_setting('request.jwt.claims')::json ->> 'role',
          'own', current_setting('request.jwt.claims')::json ->> 'own',
          'method', current_setting('request.method'), 'path', current_setting('request.path'),
          'agent', current_setting('request.headers')::json ->> 'user-agent',
          'isolation', current_setting('transaction_isolation'),
          'read_only', current_setting('transaction_read_only'),
          'statement_timeout', current_setting('statement_timeout'),
          'lock_timeout', current_setting('lock_timeout')) $$;

      CREATE FUNCTION isolated(jsonb) RETURNS jsonb LANGUAGE sql
        SET default_transaction_isolation = 'serializable'
        AS $$ SELECT to_jsonb(current_setting('transaction_isolation')) $$;

      CREATE FUNCTION closed(jsonb) RETURNS jsonb LANGUAGE sql AS $$ SELECT $1 $$;
      REVOKE EXECUTE ON FUNCTION closed(jsonb) FROM PUBLIC, anon, authenticated;
      GRANT EXECUTE ON FUNCTION closed(jsonb) TO service_role;
      """;

  final ApiKeys keys = ApiKeys.ofDefaults();
  private SupabaseProject project;
  private RestClient client;

  /** Starts the server of a project, without a gateway. */
  abstract URI start(SupabaseProject project) throws Exception;

  @BeforeAll
  final void startServer() throws Exception {
    project = SupabaseProject.create();
    SupabaseProject.apply(project.owner(), FUNCTIONS);
    client = new RestClient(start(project));
  }

  final Answer call(String function, String body) throws IOException, InterruptedException {
    return callWith(keys.serviceRole(), function, body);
  }

  private Answer callWith(String token, String function, String body, String... headers)
      throws IOException, InterruptedException {
    String[] all = new String[headers.length + 4];
    System.arraycopy(headers, 0, all, 4, headers.length);
    all[0] = "Authorization";
    all[1] = "Bearer " + token;
    all[2] = "Content-Type";
    all[3] = "application/json";
    return client.send("POST", "/rpc/" + function, body, all);
  }

  private List<String> things() throws SQLException {
    return SupabaseProject.query(project.owner(), "SELECT id, name FROM things ORDER BY id");
  }

  private static void assertError(
      Answer answer, int status, String code, String message, String details, String hint) {
    assertThat(answer.body()).startsWith("{\"code\":").endsWith("}");
    assertThat(answer.field("code")).isEqualTo(code);
    assertThat(answer.field("message")).isEqualTo(message);
    assertThat(answer.field("details")).isEqualTo(details);
    assertThat(answer.field("hint")).isEqualTo(hint);
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
  }

  @Test
  void theBodyIsTheOneUnnamedArgumentAndTheAnswerIsTheResult() throws Exception {
    Answer answer =
        call("echo", "{\"b\": [1.50, 12345678901234567890], \"a\": \"\u00e4\ud83d\ude00\"}");

    assertThat(answer.body())
        .isEqualTo("{\"a\": \"\u00e4\ud83d\ude00\", \"b\": [1.50, 12345678901234567890]}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
    assertThat(answer.header("Content-Range")).isEqualTo("0-0/*");
    assertThat(answer.header("ETag")).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "named | {\"request\": {\"v\": 1}} | {\"v\": 1}",
        "two | {\"b\": \"x\", \"a\": 3} | {\"a\": 3, \"b\": \"x\"}",
        "two | {\"a\": 3} | {\"a\": 3, \"b\": \"none\"}",
        "echo | {\"request\": {\"v\": 1}} | {\"request\": {\"v\": 1}}",
        "echo | [{\"a\": 1}, {\"a\": 2}] | [{\"a\": 1}, {\"a\": 2}]",
        "echo | {} | {}",
        "nothing | {} | null",
        "echo | 7 | []",
        "echo | \"x\" | []",
      })
  void argumentsAreNamedByTheKeysOfTheBody(String function, String body, String expected)
      throws Exception {
    Answer answer = call(function, body);

    assertThat(answer.body()).isEqualTo(expected);
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void aFunctionWithoutResultIsAnsweredWithoutBody() throws Exception {
    Answer answer = call("no_answer", "{}");

    assertThat(answer.status()).isEqualTo(204);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void aCallIsATransactionOfTheTokensRole() throws Exception {
    String token = keys.token(Map.of("role", "authenticated", "own", "claim"));
    Answer answer = callWith(token, "identity", "{}", "User-Agent", "backfill/test");

    assertThat(answer.body())
        .contains("\"role\": \"authenticated\"")
        .contains("\"login\": \"authenticator\"")
        .contains("\"claim\": \"authenticated\"")
        .contains("\"own\": \"claim\"")
        .contains("\"method\": \"POST\"")
        .contains("\"path\": \"/rpc/identity\"")
        .contains("\"agent\": \"backfill/test\"")
        .contains("\"isolation\": \"read committed\"")
        .contains("\"read_only\": \"off\"")
        .contains("\"statement_timeout\": \"8s\"")
        .contains("\"lock_timeout\": \"8s\"");
  }

  @Test
  void withoutATokenTheRoleIsAnon() throws Exception {
    assertThat(client.send("POST", "/rpc/identity", "{}").body())
        .contains("\"role\": \"anon\"")
        .contains("\"claim\": \"anon\"")
        .contains("\"statement_timeout\": \"3s\"");
    assertThat(client.send("POST", "/rpc/identity", "{}", "Authorization", "Basic abc").body())
        .contains("\"role\": \"anon\"");
    assertThat(callWith(keys.token(Map.of("own", "x")), "identity", "{}").body())
        .contains("\"role\": \"anon\"")
        .contains("\"claim\": \"anon\"");
  }

  @Test
  void aFailedCallStoresNothing() throws Exception {
    Answer answer = call("store", "{\"rows\": [{\"id\": 101, \"name\": \"a\"}, {\"id\": 102}]}");

    assertError(
        answer,
        400,
        "23502",
        "null value in column \"name\" of relation \"things\" violates not-null constraint",
        "Failing row contains (102, null).",
        "null");
    assertThat(things()).noneMatch(row -> row.startsWith("10"));
  }

  @Test
  void aConflictAndItsCommitAreAnsweredAlike() throws Exception {
    assertError(
        call("store", "{\"rows\": [{\"id\": 1, \"name\": \"a\"}, {\"id\": 1, \"name\": \"b\"}]}"),
        409,
        "23505",
        "duplicate key value violates unique constraint \"things_pkey\"",
        "Key (id)=(1) already exists.",
        "null");
    assertError(
        call("store_late", "{}"),
        409,
        "23505",
        "duplicate key value violates unique constraint \"late_things_id_key\"",
        "Key (id)=(1) already exists.",
        "null");
    assertThat(SupabaseProject.query(project.owner(), "SELECT 1 FROM late_things")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "PT404, 404",
    "PT409, 409",
    "PT412, 412",
    "PT503, 503",
    "PT999, 999",
    "01000, 400",
    "02000, 400",
    "03000, 400",
    "08000, 503",
    "08006, 503",
    "09000, 500",
    "0A000, 400",
    "0L000, 403",
    "0P000, 403",
    "20000, 400",
    "21000, 400",
    "22001, 400",
    "22012, 400",
    "22023, 400",
    "22P05, 400",
    "23502, 400",
    "23503, 409",
    "23505, 409",
    "23514, 400",
    "25000, 500",
    "25006, 405",
    "25P02, 500",
    "26000, 400",
    "28000, 403",
    "2D000, 500",
    "38000, 500",
    "39000, 500",
    "3B000, 500",
    "40002, 500",
    "40003, 500",
    "40P01, 500",
    "42501, 403",
    "42601, 400",
    "42703, 400",
    "42883, 404",
    "42P01, 404",
    "42P17, 400",
    "44000, 400",
    "53100, 503",
    "53300, 503",
    "53400, 503",
    "54000, 413",
    "55P03, 500",
    "57014, 500",
    "57P01, 503",
    "58000, 500",
    "ABCDE, 400",
    "F0000, 500",
    "HV000, 500",
    "P0000, 500",
    "P0001, 400",
    "P0002, 500",
    "P0003, 500",
    "XX000, 500",
  })
  void anErrorOfTheDatabaseHasItsStatus(String state, int status) throws Exception {
    Answer answer = call("fail", "{\"state\": \"" + state + "\"}");

    assertError(answer, status, state, "CODE", "details", "hint");
    assertThat(answer.header("Retry-After")).isEqualTo(status == 503 ? "0" : "none");
  }

  @Test
  void aFunctionChoosesStatusAndHeadersItself() throws Exception {
    Answer answer =
        call(
            "custom",
            "{\"message\": \"{\\\"code\\\":\\\"FENCE\\\",\\\"message\\\":\\\"m\\\"}\","
                + " \"detail\": \"{\\\"status\\\":409,\\\"headers\\\":{\\\"X-Fence\\\":\\\"7\\\"}}\"}");
    assertError(answer, 409, "FENCE", "m", "null", "null");
    assertThat(answer.header("X-Fence")).isEqualTo("7");

    assertError(
        call("custom", "{\"message\": \"no JSON\", \"detail\": \"{}\"}"),
        500,
        "PGRST121",
        "The message and detail field of RAISE 'PGRST' error expects JSON",
        "null",
        "null");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":",
        "no json",
        "{\"a\": \"\\ud800\"}",
        "{\"a\": \"\\udc00x\"}",
        "{} {}",
        "{\"a\": \"\n\"}"
      })
  void aBodyThatIsNoJsonIsRefused(String body) throws Exception {
    for (String function : List.of("echo", "named", "missing")) {
      assertError(call(function, body), 400, "PGRST102", "Empty or invalid json", "null", "null");
    }
  }

  @Test
  void aBodyInAnotherEncodingIsRefused() throws Exception {
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write("{}".getBytes(UTF_8));
    }
    for (byte[] body : List.of(compressed.toByteArray(), new byte[] {'"', (byte) 0xff, '"'})) {
      assertError(
          client.send(
              "POST",
              "/rpc/echo",
              body,
              Duration.ofSeconds(30),
              "Authorization",
              "Bearer " + keys.serviceRole(),
              "Content-Encoding",
              "gzip"),
          400,
          "PGRST102",
          "Empty or invalid json",
          "null",
          "null");
    }
  }

  @Test
  void dataThatTheDatabaseRefusesIsRefused() throws Exception {
    assertError(
        call("echo", "{\"a\": \"\\u0000\"}"),
        400,
        "22P05",
        "unsupported Unicode escape sequence",
        "\\u0000 cannot be converted to text.",
        "null");
    assertError(
        call("echo", ""),
        400,
        "22P02",
        "invalid input syntax for type json",
        "The input string ended unexpectedly.",
        "null");
    assertError(
        call("echo", "[1, {\"a\": 1}]"),
        400,
        "PGRST102",
        "All object keys must match",
        "null",
        "null");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"request\": 1} | (request) | with parameter request",
        "{\"v\": 1, \"a\": 2, \"m\": 3} | (a, m, v) | with parameters a, m, v",
        "{} | ' without parameters' | without parameters",
      })
  void aMissingFunctionIsNamed(String body, String called, String searched) throws Exception {
    Answer answer = call("missing", body);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.field("code")).isEqualTo("PGRST202");
    assertThat(answer.field("message"))
        .isEqualTo("Could not find the function public.missing" + called + " in the schema cache");
    assertThat(answer.field("details"))
        .isEqualTo(
            "Searched for the function public.missing "
                + searched
                + " or with a single unnamed json/jsonb parameter, but no matches were found in the"
                + " schema cache.");
  }

  @Test
  void aFunctionWithOtherArgumentsIsMissing() throws Exception {
    assertThat(call("named", "{\"other\": {}}").status()).isEqualTo(404);
    assertThat(call("two", "{\"b\": \"x\"}").status()).isEqualTo(404);
    assertThat(call("two", "{\"a\": 1, \"c\": 1}").status()).isEqualTo(404);
  }

  @Test
  void aRoleWithoutTheRightIsRefused() throws Exception {
    String message = "permission denied for function closed";
    Answer anonymous = client.send("POST", "/rpc/closed", "{}", "Content-Type", "application/json");
    assertError(anonymous, 401, "42501", message, "null", "null");
    assertThat(anonymous.header("WWW-Authenticate")).isEqualTo("Bearer");
    assertError(callWith(keys.anon(), "closed", "{}"), 401, "42501", message, "null", "null");
    assertError(
        callWith(keys.roleToken("authenticated"), "closed", "{}"),
        403,
        "42501",
        message,
        "null",
        "null");
    assertThat(call("closed", "{}").status()).isEqualTo(200);
    assertError(
        callWith(keys.roleToken("nobody"), "echo", "{}"),
        400,
        "22023",
        "role \"nobody\" does not exist",
        "null",
        "null");
    assertError(
        callWith(keys.roleToken("postgres"), "echo", "{}"),
        403,
        "42501",
        "permission denied to set role \"postgres\"",
        "null",
        "null");
  }

  @Test
  void aTokenThatIsNotValidIsRefused() throws Exception {
    long now = Instant.now().getEpochSecond();
    String valid = keys.serviceRole();
    String parts = "JWSError (CompactDecodeError Invalid number of parts: Expected 3 parts; got ";
    assertUnauthorized("abc", parts + "1)");
    assertUnauthorized(keys.secret(), parts + "1)");
    assertUnauthorized("a.b", parts + "2)");
    assertUnauthorized(
        valid.substring(0, valid.lastIndexOf('.')) + ".c2lnbmF0dXJl",
        "JWSError JWSInvalidSignature");
    assertUnauthorized(token("exp", now - 300), "JWT expired");
    assertUnauthorized(token("nbf", now + 300), "JWTNotYetValid");
    assertUnauthorized(token("iat", now + 300), "JWTIssuedAtFuture");
    for (String claim : List.of("exp", "nbf", "iat")) {
      long skewed = claim.equals("exp") ? now - 10 : now + 10;
      assertThat(callWith(token(claim, skewed), "echo", "{}").status()).isEqualTo(200);
    }
  }

  private String token(String claim, long time) {
    return keys.token(Map.of("role", "service_role", claim, time));
  }

  private void assertUnauthorized(String token, String message) throws Exception {
    Answer answer = callWith(token, "echo", "no json");
    assertError(answer, 401, "PGRST301", message, "null", "null");
    assertThat(answer.header("WWW-Authenticate"))
        .isEqualTo("Bearer error=\"invalid_token\", error_description=\"" + message + "\"");
  }

  @Test
  void aSchemaThatIsNotExposedIsRefused() throws Exception {
    assertError(
        callWith(keys.serviceRole(), "echo", "{}", "Content-Profile", "private"),
        406,
        "PGRST106",
        "The schema must be one of the following: public",
        "null",
        "null");
    Answer exposed = callWith(keys.serviceRole(), "echo", "{}", "Content-Profile", "public");
    assertThat(exposed.status()).isEqualTo(200);
    assertThat(exposed.header("Content-Profile")).isEqualTo("public");
  }

  @Test
  void otherMethodsTypesAndPathsAreRefused() throws Exception {
    for (String method : List.of("PUT", "PATCH", "DELETE")) {
      assertError(
          client.send(method, "/rpc/echo", "{}", "Content-Type", "application/json"),
          405,
          "PGRST101",
          "Cannot use the " + method + " method on RPC",
          "null",
          "null");
    }
    Answer get = client.send("GET", "/rpc/echo", "");
    assertThat(get.status()).isEqualTo(404);
    assertThat(get.field("code")).isEqualTo("PGRST202");
    assertError(
        client.send("POST", "/rpc/echo", "{}", "Content-Type", "text/plain"),
        404,
        "PGRST202",
        "Could not find the function public.echo in the schema cache",
        "Searched for the function public.echo with a single unnamed text parameter, but no matches"
            + " were found in the schema cache.",
        "null");
    assertError(
        callWith(keys.serviceRole(), "echo", "{}", "Accept", "application/xml"),
        415,
        "PGRST107",
        "None of these media types are available: application/xml",
        "null",
        "null");
    Answer deep = client.send("POST", "/rpc/echo/deep", "{}");
    assertThat(deep.status()).isEqualTo(404);
    assertThat(deep.body()).isEqualTo("{}");
  }

  @Test
  void aFunctionThatTakesTooLongIsCancelled() throws Exception {
    assertError(
        call("slow", "{}"),
        500,
        "57014",
        "canceling statement due to statement timeout",
        "null",
        "null");
  }

  @Test
  void aFunctionChoosesItsIsolation() throws Exception {
    project.asSuperuser(
        "ALTER ROLE authenticator IN DATABASE "
            + SupabaseProject.query(project.superuser(), "SELECT current_database()").get(0)
            + " SET default_transaction_isolation = 'repeatable read'");
    terminateConnections();
    assertWorks();

    assertThat(call("isolated", "{}").body()).isEqualTo("\"serializable\"");
    assertThat(call("identity", "{}").body()).contains("\"isolation\": \"read committed\"");
  }

  @Test
  void aCallWhoseClientGaveUpIsCommittedAllTheSame() throws Exception {
    try (Connection lock = project.owner().getConnection();
        Statement statement = lock.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7)");
      assertThatThrownBy(
              () ->
                  client.send(
                      "POST",
                      "/rpc/store_after_lock",
                      "{\"id\": 201}".getBytes(UTF_8),
                      Duration.ofMillis(500),
                      "Authorization",
                      "Bearer " + keys.serviceRole()))
          .isInstanceOf(HttpTimeoutException.class);
      Eventually.until("the function waits", () -> !waiting().isEmpty());
    }
    Eventually.until("the row is stored", () -> things().contains("201, after the lock"));
  }

  @Test
  void aCallWhoseConnectionEndsIsRolledBack() throws Exception {
    try (Connection lock = project.owner().getConnection();
        Statement statement = lock.createStatement()) {
      statement.execute("SELECT pg_advisory_lock(7)");
      Future<Answer> running =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return call("store_after_lock", "{\"id\": 301}");
                } catch (IOException | InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      Eventually.until("the function waits", () -> !waiting().isEmpty());
      for (String pid : waiting()) {
        project.asSuperuser("SELECT pg_terminate_backend(" + pid + ")");
      }
      Answer answer = running.get();
      assertError(
          answer,
          503,
          "PGRST001",
          "Database client error. Retrying the connection.",
          "no connection to the servern",
          "null");
      assertThat(answer.header("Retry-After")).isEqualTo("0");
    }
    assertWorks();
    assertThat(things()).noneMatch(row -> row.startsWith("301"));
  }

  private List<String> waiting() throws SQLException {
    return SupabaseProject.query(
        project.superuser(),
        "SELECT l.pid FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
            + " WHERE l.locktype = 'advisory' AND NOT l.granted AND a.datname = current_database()");
  }

  @Test
  void aDatabaseThatCannotBeReachedIsUnavailable() throws Exception {
    assertWorks();
    String database =
        SupabaseProject.query(project.superuser(), "SELECT current_database()").get(0);
    project.asSuperuser("ALTER DATABASE " + database + " CONNECTION LIMIT 0");
    terminateConnections();
    try {
      // A connection of the pool that has just ended is found out by the first call.
      Eventually.until(
          "no connection is left", () -> call("echo", "{}").body().contains("PGRST000"));
      Answer answer = call("echo", "{}");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.field("code")).isEqualTo("PGRST000");
      assertThat(answer.field("message"))
          .isEqualTo("Database connection error. Retrying the connection.");
      assertThat(answer.field("details")).contains("too many connections for database");
      assertThat(answer.header("Retry-After")).matches("\\d+");
    } finally {
      project.asSuperuser("ALTER DATABASE " + database + " CONNECTION LIMIT -1");
    }
    assertWorks();
  }

  /** Uses the connections of the pool until none of them is a broken one. */
  private void assertWorks() throws Exception {
    Eventually.until(
        "ten calls in turn work",
        () -> {
          for (int i = 0; i < 10; i++) {
            Answer answer = call("echo", "{}");
            if (answer.status() != 200) {
              assertThat(answer.status()).isEqualTo(503);
              return false;
            }
          }
          return true;
        });
  }

  private void terminateConnections() throws SQLException {
    project.asSuperuser(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE usename = 'authenticator' AND datname = current_database()");
  }

  @Test
  void aLargeBodyIsAccepted() throws Exception {
    String text = "x".repeat(3_000_000);

    assertThat(call("echo", "{\"a\": \"" + text + "\"}").body())
        .isEqualTo("{\"a\": \"" + text + "\"}");
  }
}
