package dev.backfill.supabase.postgrest;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A client of a server's functions, which shows what the server sent. */
final class RestClient {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI url;

  RestClient(URI url) {
    this.url = url;
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param headers the headers
   * @param body the body
   */
  record Answer(int status, HttpHeaders headers, String body) {

    String header(String name) {
      return headers.firstValue(name).orElse("none");
    }

    /** The value of a text of the body's object; "null" for null. */
    String field(String name) {
      int start = body.indexOf("\"" + name + "\":") + name.length() + 3;
      if (body.startsWith("null", start)) {
        return "null";
      }
      StringBuilder text = new StringBuilder();
      for (int i = start + 1; body.charAt(i) != '"'; i++) {
        if (body.charAt(i) == '\\') {
          i++;
        }
        text.append(body.charAt(i));
      }
      return text.toString();
    }
  }

  /** Sends a request; headers are names and values in turn. */
  Answer send(String method, String path, byte[] body, Duration timeout, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(timeout)
            .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<byte[]> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    return new Answer(
        response.statusCode(),
        response.headers(),
        new String(response.body(), StandardCharsets.UTF_8));
  }

  Answer send(String method, String path, String body, String... headers)
      throws IOException, InterruptedException {
    return send(method, path, body.getBytes(StandardCharsets.UTF_8), TIMEOUT, headers);
  }
}
