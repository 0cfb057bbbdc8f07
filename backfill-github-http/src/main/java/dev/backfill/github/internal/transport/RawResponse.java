package dev.backfill.github.internal.transport;

import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.Set;

/** A response as received: its body is still compressed if it was sent so. */
public record RawResponse(URI uri, int status, HttpHeaders headers, byte[] body) {

  /** Statuses that redirect the same request to another address. */
  public static final Set<Integer> REDIRECTS = Set.of(301, 302, 307, 308);

  public String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
