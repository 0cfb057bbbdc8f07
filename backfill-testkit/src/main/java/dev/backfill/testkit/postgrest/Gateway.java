package dev.backfill.testkit.postgrest;

import dev.backfill.testkit.http.Request;
import dev.backfill.testkit.http.Response;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The gateway before PostgREST: checks the key, replaces a key that is no token by a token, limits
 * bodies and compresses answers. It does not decompress requests, and neither does PostgREST.
 */
final class Gateway {

  private static final String PREFIX = "/rest/v1";
  private static final int PROJECT_PAUSED = 540;

  private final Upstream upstream;
  private final ApiKeys keys;
  private final int maxBody;
  private volatile boolean paused;

  Gateway(Upstream upstream, ApiKeys keys, int maxBody) {
    this.upstream = upstream;
    this.keys = keys;
    this.maxBody = maxBody;
  }

  void pause(boolean isPaused) {
    paused = isPaused;
  }

  Response answer(Request request) throws InterruptedException {
    if (request.body().length > maxBody) {
      return message(413, "Request size limit exceeded", null);
    }
    if (!request.path().startsWith(PREFIX + "/")) {
      // Past the gateway, as in a setup without one.
      return upstream.answer(request);
    }
    if (paused) {
      return message(PROJECT_PAUSED, "Project paused", null);
    }
    Response refusal = refusal(request);
    if (refusal != null) {
      return refusal;
    }
    return compressed(request, upstream.answer(forwarded(request)));
  }

  private @Nullable Response refusal(Request request) {
    String key = request.header("apikey");
    if (key == null) {
      return message(
          401, "No API key found in request", "No `apikey` request header or url param was found.");
    }
    if (!Set.of(keys.serviceRole(), keys.anon(), keys.secret(), keys.publishable()).contains(key)) {
      return message(
          401, "Invalid API key", "Double check your Supabase `anon` or `service_role` API key.");
    }
    String client = request.header("user-agent");
    if (key.equals(keys.secret()) && client != null && client.startsWith("Mozilla/")) {
      return message(
          401,
          "Forbidden use of secret API key in browser",
          "Secret API keys can only be used in a protected environment and should never be used in"
              + " a browser. Delete this secret API key immediately.");
    }
    return null;
  }

  private Request forwarded(Request request) {
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    String key = request.header("apikey");
    if (!headers.containsKey("authorization")) {
      if (keys.secret().equals(key)) {
        headers.put("authorization", "Bearer " + keys.serviceRole());
      } else if (keys.publishable().equals(key)) {
        headers.put("authorization", "Bearer " + keys.anon());
      }
    }
    return new Request(
        request.method(),
        request.path().substring(PREFIX.length()),
        request.query(),
        headers,
        request.body());
  }

  private static Response compressed(Request request, Response response) {
    String accepted = request.header("accept-encoding");
    if (accepted == null
        || !accepted.toLowerCase(Locale.ROOT).contains("gzip")
        || response.body().length == 0) {
      return response;
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(response.body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return response.withBody(bytes.toByteArray()).with("Content-Encoding", "gzip");
  }

  /** Returns the page of a proxy whose server does not answer. */
  static Response page(int status, String title) {
    return new Response(
        status,
        Map.of("Content-Type", "text/html; charset=UTF-8"),
        ("<html><head><title>" + status + " " + title + "</title></head><body></body></html>")
            .getBytes(StandardCharsets.UTF_8),
        Response.Delivery.WHOLE);
  }

  private static Response message(int status, String message, @Nullable String hint) {
    String json =
        "{\"message\":\"" + message + "\"" + (hint == null ? "}" : ",\"hint\":\"" + hint + "\"}");
    return Response.json(status, json.getBytes(StandardCharsets.UTF_8));
  }
}
