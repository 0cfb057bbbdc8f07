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

  static Call get(URI uri, @Nullable String etag) {
    return new Call(ApiResource.CORE, uri, etag, null);
  }

  static Call query(URI uri, byte[] body) {
    return new Call(ApiResource.GRAPHQL, uri, null, body);
  }

  Call to(URI target) {
    return new Call(resource, target, etag, body);
  }
}
