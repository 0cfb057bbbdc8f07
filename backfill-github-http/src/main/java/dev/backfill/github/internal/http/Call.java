package dev.backfill.github.internal.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * What to send.
 *
 * @param resource what it is counted by
 * @param uri where to
 * @param etag the version that is known already, or null
 * @param body what to post, or null for a GET
 */
record Call(ApiResource resource, URI uri, @Nullable String etag, byte @Nullable [] body) {

  /**
   * Reading counts 1, writing 5.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit">GitHub:
   *     points</a>
   */
  private static final int POINTS_OF_A_POST = 5;

  static Call get(URI uri, @Nullable String etag) {
    return new Call(ApiResource.CORE, uri, etag, null);
  }

  static Call query(URI uri, byte[] body) {
    return new Call(ApiResource.GRAPHQL, uri, null, body);
  }

  static Call post(URI uri, byte[] body) {
    return new Call(ApiResource.CORE, uri, null, body);
  }

  /** What it counts for among the requests of a minute. */
  int points() {
    return body == null || resource == ApiResource.GRAPHQL ? 1 : POINTS_OF_A_POST;
  }

  Call to(URI target) {
    return new Call(resource, target, etag, body);
  }
}
