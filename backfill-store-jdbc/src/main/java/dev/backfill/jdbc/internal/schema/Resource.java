package dev.backfill.jdbc.internal.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The texts in the jar. */
final class Resource {

  private static final String ROOT = "/dev/backfill/jdbc/";

  private Resource() {}

  static String text(String path) {
    return find(path).orElseThrow(() -> new IllegalStateException("the jar lacks " + ROOT + path));
  }

  /** Reads a text that may be absent. */
  static Optional<String> find(String path) {
    try (InputStream stream = Resource.class.getResourceAsStream(ROOT + path)) {
      return stream == null
          ? Optional.empty()
          : Optional.of(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
