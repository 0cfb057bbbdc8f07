package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The two forms of GitHub's error responses: JSON, and the page of its proxies. */
final class ErrorResponses {

  private ErrorResponses() {}

  static Response message(int status, String message) {
    return Response.json(status, Json.message(message));
  }

  static Response html(int status, String title) {
    String page =
        "<!DOCTYPE html>\n<html><head><title>Unicorn! &middot; GitHub</title></head><body><p>"
            + title
            + "</p></body></html>\n";
    return new Response(
        status,
        Map.of("Content-Type", "text/html; charset=utf-8"),
        page.getBytes(StandardCharsets.UTF_8),
        Response.Delivery.WHOLE);
  }
}
