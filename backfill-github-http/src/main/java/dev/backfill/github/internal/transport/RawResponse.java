package dev.backfill.github.internal.transport;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Set;

/** An answer as it came: the body is still compressed if it was sent so. */
public record RawResponse(URI uri, int status, HttpHeaders headers, byte[] body) {

  /** Statuses that name another address for the same request. */
  public static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
