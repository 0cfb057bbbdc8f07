package dev.backfill.core.routing;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Locale;

/** A number for each target that never changes, evenly spread. */
final class StableShare {

  private StableShare() {}

  /**
   * Returns the place of a target among all of them.
   *
   * @return from 0 to under 100, the same on every machine and for every spelling of its case
   */
  static double position(String target) {
    byte[] digest = sha256(target.toLowerCase(Locale.ROOT).getBytes(StandardCharsets.UTF_8));
    long bits = ByteBuffer.wrap(digest).getLong() >>> 11;
    return 100.0 * bits / (1L << 53);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
