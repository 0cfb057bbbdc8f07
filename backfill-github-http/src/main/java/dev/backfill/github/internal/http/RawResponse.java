package dev.backfill.github.internal.http;

import java.net.URI;
import java.net.http.HttpHeaders;

/** An answer as it came: the body is still compressed if it was sent so. */
record RawResponse(URI uri, int status, HttpHeaders headers, byte[] body) {

  String header(String name) {
    return headers.firstValue(name).orElse("");
  }
}
