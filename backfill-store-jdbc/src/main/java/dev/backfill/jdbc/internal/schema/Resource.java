package dev.backfill.jdbc.internal.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads the texts that are in the jar. */
final class Resource {

  private static final String ROOT = "/dev/backfill/jdbc/";

  private Resource() {}

  static String text(String path) {
    try (InputStream stream = Resource.class.getResourceAsStream(ROOT + path)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + ROOT + path);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
