package dev.backfill.github.internal.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What to send.
 *
 * @param resource what it is counted by
 * @param uri where to
 * @param etag the version that is known already, or null
 * @param body what to send, or null for a GET
 * @param method how
 */
record Call(
    ApiResource resource, URI uri, @Nullable String etag, byte @Nullable [] body, String method) {

  /**
   * Reading counts 1, writing 5.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit">GitHub:
   *     points</a>
   */
  private static final int POINTS_OF_A_POST = 5;

  static Call get(URI uri, @Nullable String etag) {
    return new Call(ApiResource.CORE, uri, etag, null, "GET");
  }

  static Call query(URI uri, byte[] body) {
    return new Call(ApiResource.GRAPHQL, uri, null, body, "POST");
  }

  static Call post(URI uri, byte[] body) {
    return new Call(ApiResource.CORE, uri, null, body, "POST");
  }

  static Call patch(URI uri, byte[] body) {
    return new Call(ApiResource.CORE, uri, null, body, "PATCH");
  }

  /** Whether it changes something at GitHub. */
  boolean isWrite() {
    return body != null && resource == ApiResource.CORE;
  }

  /** What it counts for among the requests of a minute. */
  int points() {
    return body == null || resource == ApiResource.GRAPHQL ? 1 : POINTS_OF_A_POST;
  }

  Call to(URI target) {
    return new Call(resource, target, etag, body, method);
  }
}
