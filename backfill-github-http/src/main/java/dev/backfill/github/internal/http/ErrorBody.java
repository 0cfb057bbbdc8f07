package dev.backfill.github.internal.http;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.Reader;
import java.util.Locale;

/**
 * What GitHub writes into an error: a message and the page that explains it. Empty texts when the
 * body is something else.
 */
record ErrorBody(String message, String documentationUrl) {

  static final ErrorBody NONE = new ErrorBody("", "");

  private static final int MAX_READ = 64 << 10;
  private static final int MAX_MESSAGE = 300;

  static ErrorBody of(RawResponse raw, Credentials credentials) {
    try (Reader in = new BodyText(raw).open()) {
      char[] start = new char[MAX_READ];
      int length = 0;
      int count;
      while (length < MAX_READ && (count = in.read(start, length, MAX_READ - length)) > 0) {
        length += count;
      }
      JsonNode root = Trees.JSON.readTree(new String(start, 0, length));
      return new ErrorBody(
          oneLine(credentials.redact(root.path("message").asText(""))),
          oneLine(credentials.redact(root.path("documentation_url").asText(""))));
    } catch (IOException e) {
      return NONE;
    }
  }

  static String oneLine(String text) {
    String line = text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
    return line.length() <= MAX_MESSAGE ? line : line.substring(0, MAX_MESSAGE) + "...";
  }

  /** Whether it is about asking too much, in any of the words that GitHub has used for it. */
  boolean isAboutLimits() {
    String text = message.toLowerCase(Locale.ROOT);
    return text.contains("secondary rate limit")
        || text.contains("rate limit exceeded")
        || text.contains("abuse")
        || documentationUrl.contains("secondary-rate-limits");
  }
}
