package dev.backfill.jdbc.internal.schema;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Reads scripts that are part of the jar. */
public final class Scripts {

  private static final String FOLDER = "/dev/backfill/jdbc/";

  private Scripts() {}

  /**
   * Reads a script.
   *
   * @param path its path below the module's own folder
   * @return its text
   */
  public static String read(String path) {
    try (InputStream stream = Scripts.class.getResourceAsStream(FOLDER + path)) {
      if (stream == null) {
        throw new IllegalStateException("the jar lacks " + FOLDER + path);
      }
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
