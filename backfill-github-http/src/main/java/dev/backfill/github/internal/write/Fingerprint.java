package dev.backfill.github.internal.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Cursor;
import dev.backfill.github.internal.json.JsonFactories;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The common cause of failures that share an issue: the class of a systemic error, such as a
 * refused token, or else the repository and the class of the error.
 */
final class Fingerprint {

  private static final ObjectMapper JSON = new ObjectMapper(JsonFactories.create());

  private Fingerprint() {}

  static String of(FailureReport report) {
    String errorClass = errorClass(report.failure());
    return digest(
        isSystemic(report.failure())
            ? "systemic|" + errorClass
            : repository(report.key().target(), report.cursor()) + "|" + errorClass);
  }

  /**
   * Returns the fingerprint of releases that reported each stream alone; their open issues stay in
   * use.
   */
  static String ofStream(FailureReport report) {
    return digest(
        String.join(
            "|",
            repository(report.key().target(), report.cursor()),
            report.key().source(),
            errorClass(report.failure())));
  }

  /** Returns true if a failure has its cause in the token, GitHub or the database. */
  static boolean isSystemic(BackfillException failure) {
    if (failure instanceof PermanentFailureException permanent) {
      return switch (permanent.reason()) {
        case BAD_CREDENTIALS, UNTRUSTED_ADDRESS, STORE_REFUSED, NOT_INSTALLED -> true;
        default -> false;
      };
    }
    return failure instanceof TransientFailureException;
  }

  private static String digest(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  static String errorClass(BackfillException failure) {
    return failure instanceof PermanentFailureException permanent
        ? permanent.reason().name()
        : failure
            .getClass()
            .getSimpleName()
            .replaceAll("Exception$", "")
            .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
            .toUpperCase(Locale.ROOT);
  }

  /** Returns GitHub's number, which survives renaming, if something was read; else the name. */
  private static String repository(String target, Cursor cursor) {
    try {
      JsonNode root = JSON.readTree(cursor.value());
      if (root != null && root.path("repo").canConvertToLong()) {
        return root.path("repo").asText();
      }
    } catch (JsonProcessingException e) {
      return target.toLowerCase(Locale.ROOT);
    }
    return target.toLowerCase(Locale.ROOT);
  }
}
