package dev.backfill.github.internal.transport;

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
public record Request(
    ApiResource resource, URI uri, @Nullable String etag, byte @Nullable [] body, String method) {

  /**
   * Reading counts 1, writing 5.
   *
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#calculating-points-for-the-secondary-rate-limit">GitHub:
   *     points</a>
   */
  private static final int POINTS_OF_A_POST = 5;

  public static Request get(URI uri, @Nullable String etag) {
    return new Request(ApiResource.CORE, uri, etag, null, "GET");
  }

  public static Request query(URI uri, byte[] body) {
    return new Request(ApiResource.GRAPHQL, uri, null, body, "POST");
  }

  public static Request post(URI uri, byte[] body) {
    return new Request(ApiResource.CORE, uri, null, body, "POST");
  }

  public static Request patch(URI uri, byte[] body) {
    return new Request(ApiResource.CORE, uri, null, body, "PATCH");
  }

  /** Whether it changes something at GitHub. */
  public boolean isWrite() {
    return body != null && resource == ApiResource.CORE;
  }

  /** What it counts for among the requests of a minute. */
  public int points() {
    return body == null || resource == ApiResource.GRAPHQL ? 1 : POINTS_OF_A_POST;
  }

  public Request to(URI target) {
    return new Request(resource, target, etag, body, method);
  }
}
