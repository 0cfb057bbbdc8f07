package dev.backfill.github.internal.write;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.report.FailureReport;
import dev.backfill.api.source.Cursor;
import dev.backfill.github.internal.json.JsonFactories;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/** What makes failures the same one: repository, resource and class of error. */
final class Fingerprint {

  private static final ObjectMapper JSON = new ObjectMapper(JsonFactories.create());

  private Fingerprint() {}

  static String of(FailureReport report) {
    String text =
        String.join(
            "|",
            repository(report.key().target(), report.cursor()),
            report.key().source(),
            errorClass(report.failure()));
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

  /** GitHub's number, which survives a new name, once something was read; else the name. */
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
