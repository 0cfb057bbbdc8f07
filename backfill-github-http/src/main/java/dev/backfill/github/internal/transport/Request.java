package dev.backfill.github.internal.transport;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * A request to send.
 *
 * @param resource the resource whose quota it uses
 * @param uri its address
 * @param etag the known version, or null
 * @param body the body, or null for a GET
 * @param method the HTTP method
 */
public record Request(
    ApiResource resource, URI uri, @Nullable String etag, byte @Nullable [] body, String method) {

  /**
   * A read counts 1, a write 5.
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

  /** Returns true if it changes something at GitHub. */
  public boolean isWrite() {
    return body != null && resource == ApiResource.CORE;
  }

  /** Returns its points among the requests of a minute. */
  public int points() {
    return body == null || resource == ApiResource.GRAPHQL ? 1 : POINTS_OF_A_POST;
  }

  public Request to(URI target) {
    return new Request(resource, target, etag, body, method);
  }
}
