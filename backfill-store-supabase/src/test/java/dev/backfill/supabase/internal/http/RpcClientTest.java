package dev.backfill.supabase.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.LeaseLostException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The client against a server that answers anything. */
class RpcClientTest {

  private static final String SECRET = "sb_secret_abcdefghijklmnop";
  private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln";
  private static final String ACTION = "the commit of chunk 3 of backfill 1";

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> bodies = new ArrayList<>();
  private final List<String> paths = new ArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);
  private HttpServer server;
  private volatile Headers seen = new Headers();
  private volatile Reply reply = exchange -> answer(exchange, 200, "{\"v\":1}");

  @FunctionalInterface
  private interface Reply {
    void to(HttpExchange exchange) throws IOException;
  }

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          seen = exchange.getRequestHeaders();
          paths.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
          reply.to(exchange);
        });
    server.start();
  }

  @AfterEach
  void stop() {
    released.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  private static void answer(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String url() {
    return "http://localhost:" + server.getAddress().getPort();
  }

  private RpcClient client(String key, String schema, String prefix) {
    return client(url(), key, schema, prefix, Timeouts.DEFAULT);
  }

  private static RpcClient client(
      String url, String key, String schema, String prefix, Timeouts timeouts) {
    return new RpcClient(
        new HttpTransport(ProjectAddress.of(url), ApiKey.of(key), schema, timeouts), prefix);
  }

  private JsonValue call(CallKind kind) {
    try (RpcClient client = client(SECRET, null, "")) {
      return client.call(ACTION, "backfill_commit", kind, json -> json.field("id", 7));
    }
  }

  @Test
  void sendsTheRequestWithTheHeadersOfASecretKey() {
    try (RpcClient client = client(SECRET, null, "my_")) {
      client.call(ACTION, "backfill_list", CallKind.READ, json -> json.field("id", 7));
    }
    assertThat(paths).containsExactly("POST /rest/v1/rpc/my_backfill_list");
    assertThat(bodies).containsExactly("{\"request\":{\"v\":1,\"id\":7}}");
    assertThat(seen.get("apikey")).containsExactly(SECRET);
    assertThat(seen.get("Authorization")).isNull();
    assertThat(seen.get("Content-Profile")).isNull();
    assertThat(seen.getFirst("User-Agent")).startsWith("backfill/").doesNotContain("unknown");
    assertThat(seen.getFirst("Accept-Encoding")).isEqualTo("gzip");
  }

  @Test
  void sendsATokenAsBearerTooAndTheSchema() {
    try (RpcClient client = client(TOKEN, "history", "")) {
      client.call(ACTION, "backfill_list", CallKind.READ, json -> {});
    }
    assertThat(seen.get("apikey")).containsExactly(TOKEN);
    assertThat(seen.get("Authorization")).containsExactly("Bearer " + TOKEN);
    assertThat(seen.get("Content-Profile")).containsExactly("history");
  }

  @Test
  void cleansTextsAndKeepsNumbersWhole() {
    try (RpcClient client = client(SECRET, null, "")) {
      client.call(
          ACTION,
          "backfill_list",
          CallKind.READ,
          json ->
              json.field("text", "a\u0000b\ud800c\ud83d\ude00")
                  .field("number", Long.MAX_VALUE)
                  .field("none", (String) null));
    }
    assertThat(JsonWriter.clean("a\u0000b\ud800c\ud83d\ude00")).isEqualTo("ab\ufffdc\ud83d\ude00");
    assertThat(bodies.get(0))
        .contains("\"ab\ufffdc")
        .contains("9223372036854775807")
        .contains("\"none\":null");
  }

  @Test
  void readsACompressedAnswer() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write("{\"v\":1,\"big\":9007199254740993}".getBytes(StandardCharsets.UTF_8));
    }
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Content-Encoding", "gzip");
          exchange.sendResponseHeaders(200, bytes.size());
          exchange.getResponseBody().write(bytes.toByteArray());
          exchange.close();
        };
    assertThat(call(CallKind.READ).get("big").number()).isEqualTo(9007199254740993L);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "401 | PGRST301 | JWT expired            | BAD_CREDENTIALS   | service_role key",
        "401 |          | Invalid API key        | BAD_CREDENTIALS   | service_role key",
        "401 | 42501    | permission denied      | FORBIDDEN         | service_role key",
        "403 | 42501    | permission denied      | FORBIDDEN         | service_role key",
        "404 | PGRST202 | Could not find function| NOT_INSTALLED     | NOTIFY pgrst, 'reload schema'",
        "404 | 42883    | function missing       | NOT_INSTALLED     | backfill schema --supabase",
        "406 | PGRST106 | schema must be one of  | NOT_INSTALLED     | exposed schemas",
        "412 | PT412    | UNKNOWN_VERSION        | INCOMPATIBLE      | backfill schema --supabase",
        "302 |          |                        | UNTRUSTED_ADDRESS | project's own URL",
        "500 | 53100    | disk full              | STORE_REFUSED     | disk space",
        "400 | PGRST102 | Empty or invalid json  | STORE_REFUSED     | Supabase project",
      })
  void stopsAtWhatAnOperatorHasToFix(
      int status, String code, String message, Reason reason, String fix) {
    reply = exchange -> answer(exchange, status, body(code, message));
    PermanentFailureException failure =
        catchThrowableOfType(PermanentFailureException.class, () -> call(CallKind.WRITE));
    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(ACTION).hasMessageContaining(fix);
    assertThat(failure).hasMessageContaining("Nothing of it was stored.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "503 | PT503    | deadlock detected | A retry may succeed",
        "500 | 57014    | statement timeout | A retry may succeed",
        "503 | 53300    | too many clients  | A retry may succeed",
        "503 | PGRST000 | no connection     | Nothing of it was stored",
        "503 |          | paused            | may have been stored all the same",
        "502 |          |                   | may have been stored all the same",
        "544 |          |                   | may have been stored all the same",
        "429 |          | too many requests | Nothing of it was stored",
      })
  void repeatsWhatPasses(int status, String code, String message, String effect) {
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "7");
          answer(exchange, status, body(code, message));
        };
    assertThatThrownBy(() -> call(CallKind.ITEMS))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining(effect);
  }

  @Test
  void showsTheRequestedWait() {
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "7");
          answer(exchange, 503, body("PGRST000", "no connection"));
        };
    assertThatThrownBy(() -> call(CallKind.READ))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("It asks to wait 7 s.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"22012", "23502", "22P05"})
  void badDataIsAnItemsFaultIfThereAreItems(String code) {
    reply = exchange -> answer(exchange, 400, body(code, "null value"));
    assertThatThrownBy(() -> call(CallKind.ITEMS)).isInstanceOf(PoisonItemException.class);
    assertThatThrownBy(() -> call(CallKind.WRITE))
        .isInstanceOfSatisfying(
            PermanentFailureException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.STORE_REFUSED));
  }

  @Test
  void translatesAFunctionsOwnCodeWithItsDetail() {
    reply =
        exchange ->
            answer(
                exchange,
                409,
                "{\"code\":\"PT409\",\"message\":\"LEASE_LOST\",\"details\":\"{\\\"fence\\\": 8}\"}");
    try (RpcClient client = client(SECRET, null, "")) {
      assertThatThrownBy(
              () ->
                  client.call(
                      ACTION,
                      "backfill_renew",
                      CallKind.WRITE,
                      json -> {},
                      (code, detail) ->
                          code.equals("LEASE_LOST")
                              ? new LeaseLostException("fence " + detail.get("fence").number())
                              : null))
          .isInstanceOf(LeaseLostException.class)
          .hasMessage("fence 8");
    }
  }

  @Test
  void refusesALargeRequestWithoutSendingIt() {
    String large = "x".repeat(RpcClient.MAX_REQUEST_BYTES);
    try (RpcClient client = client(SECRET, null, "")) {
      assertThatThrownBy(
              () -> client.call(ACTION, "f", CallKind.ITEMS, json -> json.field("text", large)))
          .isInstanceOf(TooLargeException.class);
      assertThatThrownBy(
              () -> client.call(ACTION, "f", CallKind.WRITE, json -> json.field("text", large)))
          .isInstanceOf(PermanentFailureException.class)
          .hasMessageContaining("2 MiB");
    }
    assertThat(paths).isEmpty();
    reply = exchange -> answer(exchange, 413, "");
    assertThatThrownBy(() -> call(CallKind.ITEMS)).isInstanceOf(TooLargeException.class);
  }

  @Test
  void aLostAnswerHasAnUnknownOutcome() {
    reply = HttpExchange::close;
    assertThatThrownBy(() -> call(CallKind.ITEMS))
        .isInstanceOf(TransientFailureException.class)
        .hasMessageContaining("may have been stored all the same");
  }

  @Test
  void aLateAnswerHasAnUnknownOutcome() {
    reply =
        exchange -> {
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Timeouts timeouts = new Timeouts(Duration.ofSeconds(5), Duration.ofMillis(200));
    try (RpcClient client = client(url(), SECRET, null, "", timeouts)) {
      assertThatThrownBy(() -> client.call(ACTION, "f", CallKind.WRITE, json -> {}))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("within 200 ms")
          .hasMessageContaining("may have been done all the same");
    }
  }

  @Test
  void withoutAServerNothingIsSent() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (RpcClient client =
        client("http://localhost:" + port, SECRET, null, "", Timeouts.DEFAULT)) {
      assertThatThrownBy(() -> client.call(ACTION, "f", CallKind.WRITE, json -> {}))
          .isInstanceOf(TransientFailureException.class)
          .hasMessageContaining("Nothing was sent.");
    }
  }

  @Test
  void anInterruptedThreadFinishesItsCallAndStaysInterrupted() {
    Thread.currentThread().interrupt();
    try {
      assertThat(call(CallKind.WRITE).get("v").number()).isEqualTo(1);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void followsNoRedirect() {
    reply =
        exchange -> {
          exchange.getResponseHeaders().add("Location", url() + "/elsewhere");
          answer(exchange, 307, "");
        };
    assertThatThrownBy(() -> call(CallKind.READ)).isInstanceOf(PermanentFailureException.class);
    assertThat(paths).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text", "{\"v\":2}", "[]", "null", "7", "{\"v\":\"1\"}"})
  void refusesAnAnswerThatItDoesNotKnow(String answer) {
    reply = exchange -> answer(exchange, 200, answer);
    assertThatThrownBy(() -> call(CallKind.READ)).isInstanceOf(BackfillException.class);
  }

  @Test
  void noTextContainsTheKey() {
    reply = exchange -> answer(exchange, 401, body("", "Invalid key " + SECRET));
    assertThatThrownBy(() -> call(CallKind.READ))
        .isInstanceOf(PermanentFailureException.class)
        .hasMessageNotContaining(SECRET)
        .hasMessageContaining("***");
    try (RpcClient client = client(SECRET, null, "")) {
      assertThat(client + " " + ApiKey.of(SECRET)).doesNotContain(SECRET);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://project.supabase.co",
        "ftp://project.supabase.co",
        "project.supabase.co",
        "https://user:pass@project.supabase.co",
        "https://project.supabase.co?apikey=x",
        "https://",
        "sb secret"
      })
  void refusesAnAddressThatWouldLeakOrIsNone(String url) {
    assertThatThrownBy(() -> ProjectAddress.of(url))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("Nothing was sent.")
        .hasMessageNotContaining("pass");
  }

  @ParameterizedTest
  @CsvSource({
    "https://a.supabase.co, https://a.supabase.co/rest/v1/rpc/f",
    "https://a.supabase.co/, https://a.supabase.co/rest/v1/rpc/f",
    "https://a.supabase.co/rest/v1/, https://a.supabase.co/rest/v1/rpc/f",
    "http://127.0.0.1:54321, http://127.0.0.1:54321/rest/v1/rpc/f",
    "http://[::1]:54321, http://[::1]:54321/rest/v1/rpc/f",
    "https://host/supabase, https://host/supabase/rest/v1/rpc/f"
  })
  void findsTheFunctions(String url, String function) {
    assertThat(ProjectAddress.of(url).function("f")).hasToString(function);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a b",
        "sb_publishable_abc",
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYW5vbiJ9.c2ln",
        "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoiYXV0aGVudGljYXRlZCJ9.c2ln"
      })
  void refusesAKeyWithoutRights(String key) {
    assertThatThrownBy(() -> ApiKey.of(key))
        .isInstanceOf(InvalidConfigurationException.class)
        .hasMessageContaining("sb_secret_")
        .hasMessageNotContaining("eyJ");
  }

  private static String body(String code, String message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var json = JsonValue.FACTORY.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("code", code == null ? "" : code);
      json.writeStringField("message", message == null ? "" : message);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
