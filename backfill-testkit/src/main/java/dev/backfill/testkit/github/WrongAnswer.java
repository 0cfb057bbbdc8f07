package dev.backfill.testkit.github;

import dev.backfill.testkit.http.Response;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Wrong answers to a correct request: by a proxy, a gateway, or a server with a temporary fault.
 * None has an {@code ETag} or a {@code Link}.
 *
 * @see SimulatedGitHub#answerNext
 * @see SimulatedGitHub#answerWrongly
 */
public enum WrongAnswer {
  /** 200 without a body. */
  EMPTY,
  /** 200 and the first half of the JSON. */
  HALF,
  /** 200 and a page of HTML. */
  WEB_PAGE,
  /** 502 and a page of HTML. */
  BAD_GATEWAY,
  /** 503 with {@code Retry-After: 1}. */
  UNAVAILABLE,
  /** 404 with GitHub's message. */
  NOT_FOUND,
  /** 403 without a message. */
  FORBIDDEN,
  /** 200 and an object without any of the documented fields. */
  OBJECT,
  /**
   * 200 and an empty list, if the request is for a list of several pages. A query gets {@code data}
   * null without an error. Other requests are answered as by {@link #OBJECT}.
   */
  NOTHING,
  /** No answer: the connection ends. */
  RESET;

  /** Returns the wrong answer that replaces a correct one. */
  Response insteadOf(Response right, Endpoint endpoint) {
    Response wrong =
        switch (this) {
          case EMPTY -> json("");
          case HALF -> right.withBody(Arrays.copyOf(right.body(), right.body().length / 2));
          case WEB_PAGE -> ErrorResponses.html(200, "Sign in to the network");
          case BAD_GATEWAY -> Faults.failure(502);
          case UNAVAILABLE ->
              ErrorResponses.message(503, "Service Unavailable").with("Retry-After", "1");
          case NOT_FOUND -> Resources.notFound();
          case FORBIDDEN -> new Response(403, Map.of(), new byte[0], Response.Delivery.WHOLE);
          case OBJECT -> json("{\"odd\":true}");
          case NOTHING -> nothing(right, endpoint);
          case RESET -> right.delivered(Response.Delivery.DROPPED);
        };
    return new Response(wrong.status(), headers(right, wrong), wrong.body(), wrong.delivery());
  }

  private static Response nothing(Response right, Endpoint endpoint) {
    if (endpoint == Endpoint.GRAPHQL) {
      return json("{\"data\":null}");
    }
    return right.headers().containsKey("Link") ? json("[]") : OBJECT.insteadOf(right, endpoint);
  }

  private static Response json(String text) {
    return Response.json(200, text.getBytes(StandardCharsets.UTF_8));
  }

  private static Map<String, String> headers(Response right, Response wrong) {
    Map<String, String> headers = new LinkedHashMap<>(wrong.headers());
    headers.remove("Link");
    headers.remove("ETag");
    right
        .headers()
        .forEach(
            (name, value) -> {
              if (name.toLowerCase(Locale.ROOT).startsWith("x-ratelimit-")) {
                headers.put(name, value);
              }
            });
    return headers;
  }
}
