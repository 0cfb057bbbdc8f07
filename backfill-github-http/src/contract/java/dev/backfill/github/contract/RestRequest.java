package dev.backfill.github.contract;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request as it left, or as it will.
 *
 * @param method such as GET
 * @param path without the query
 * @param query decoded
 * @param headers by name
 * @param body JSON; null for none
 */
record RestRequest(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    @Nullable String body) {

  static RestRequest of(String method, String target) {
    return of(method, target, Map.of(), null);
  }

  static RestRequest of(
      String method, String target, Map<String, String> headers, @Nullable String body) {
    URI uri = URI.create(target);
    Map<String, String> query = new LinkedHashMap<>();
    if (uri.getRawQuery() != null) {
      for (String pair : uri.getRawQuery().split("&")) {
        String[] parts = pair.split("=", 2);
        String before = query.put(decoded(parts[0]), decoded(parts.length == 1 ? "" : parts[1]));
        if (before != null) {
          throw new IllegalArgumentException(target + " has " + parts[0] + " twice");
        }
      }
    }
    return new RestRequest(method, uri.getRawPath(), query, headers, body);
  }

  /** GitHub links by the number of the repository, and describes the name alone. */
  String describedPath() {
    return path.replaceFirst("^/repositories/\\d+", "/repos/owner/name");
  }

  @Override
  public String toString() {
    return method + " " + path + (query.isEmpty() ? "" : "?" + query);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
