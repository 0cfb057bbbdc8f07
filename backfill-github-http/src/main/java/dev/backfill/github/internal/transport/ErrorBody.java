package dev.backfill.github.internal.transport;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * The body of GitHub's errors: a message and the page that explains it. Empty texts if the body is
 * something else.
 */
public record ErrorBody(String message, String documentationUrl) {

  public static final ErrorBody NONE = new ErrorBody("", "");

  private static final int MAX_READ = 64 << 10;
  private static final int MAX_MESSAGE = 300;

  public static ErrorBody of(RawResponse raw, Credentials credentials) {
    try (Reader in = new BodyText(raw).open()) {
      char[] start = new char[MAX_READ];
      int length = 0;
      int count;
      while (length < MAX_READ && (count = in.read(start, length, MAX_READ - length)) > 0) {
        length += count;
      }
      JsonNode root = JsonTrees.JSON.readTree(new String(start, 0, length));
      return new ErrorBody(
          oneLine(credentials.redact(message(root))),
          oneLine(credentials.redact(root.path("documentation_url").asText(""))));
    } catch (IOException e) {
      return NONE;
    }
  }

  /** Returns the message with those of its errors, which alone name what GitHub does not accept. */
  private static String message(JsonNode root) {
    String message = root.path("message").asText("");
    Set<String> details = new LinkedHashSet<>();
    for (JsonNode error : root.path("errors")) {
      String detail = error.isTextual() ? error.asText() : error.path("message").asText("");
      if (!detail.isBlank()) {
        details.add(detail);
      }
    }
    String all = String.join("; ", details);
    if (message.isEmpty() || all.isEmpty()) {
      return message + all;
    }
    return message + " (" + all + ")";
  }

  public static String oneLine(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
  }

  /** Returns true if it reports too many requests, in any of GitHub's known texts. */
  public boolean isAboutLimits() {
    return isAboutLimits(message) || documentationUrl.contains("secondary-rate-limits");
  }

  /** Returns true if a refusal without another reason reports too many requests. */
  public static boolean isAboutAbuse(String message) {
    return message.toLowerCase(Locale.ROOT).contains("abuse");
  }

  /**
   * Returns true if a message contains one of GitHub's phrases for too many requests. Each has
   * spaces, which no name of a repository has.
   */
  public static boolean isAboutLimits(String message) {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("secondary rate limit")
        || (text.contains("rate limit") && text.contains("exceeded"))
        || text.contains("abuse detection")
        || text.contains("submitted too quickly");
  }
}
