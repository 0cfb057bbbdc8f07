package dev.backfill.testkit.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request of a client.
 *
 * @param method such as GET
 * @param path the path as sent, without its query
 * @param query the query's parameters in order, decoded
 * @param headers by name in lower case
 * @param body the body; may be empty
 */
public record Request(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {

  /**
   * Returns the request of a request line, with its target decoded.
   *
   * @param method the method
   * @param target the path and query as sent
   * @param headers by name in lower case
   * @param body the body
   * @return the request
   */
  public static Request of(String method, String target, Map<String, String> headers, byte[] body) {
    int mark = target.indexOf('?');
    String path = mark < 0 ? target : target.substring(0, mark);
    Map<String, String> query = new LinkedHashMap<>();
    if (mark >= 0) {
      for (String pair : target.substring(mark + 1).split("&")) {
        int equals = pair.indexOf('=');
        if (equals > 0) {
          query.put(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
        }
      }
    }
    return new Request(method, path, query, headers, body);
  }

  /**
   * Returns a header.
   *
   * @param name in any case
   * @return its value; null if it was not sent
   */
  public @Nullable String header(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  /** Returns the token, without the scheme before it; null if none was sent. */
  public @Nullable String token() {
    String authorization = header("authorization");
    return authorization == null
        ? null
        : authorization.substring(authorization.indexOf(' ') + 1).strip();
  }

  /** Returns the path and query for a log. */
  public String target() {
    if (query.isEmpty()) {
      return path;
    }
    return query.entrySet().stream()
        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
        .collect(Collectors.joining("&", path + "?", ""));
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
