package dev.backfill.github.internal.write;

import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cleans texts of other systems for a public issue: no secrets, and no effect on the page's markup.
 */
final class SafeText {

  /** The beginning of an issue's hidden marker; one in an error must not pass for it. */
  static final String MARK = "backfill-fingerprint:";

  private static final String HIDDEN = "***";

  /**
   * Patterns of secrets of any origin.
   *
   * @see <a
   *     href="https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats">GitHub:
   *     the formats of tokens</a>
   */
  private static final List<Pattern> SECRETS =
      List.of(
          Pattern.compile(
              "-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\\s\\S]*?(?:-----END[^\\n]*|\\z)"),
          Pattern.compile("gh[a-z]_[A-Za-z0-9_.-]{8,}"),
          Pattern.compile("github_pat_[A-Za-z0-9_]{8,}"),
          Pattern.compile("eyJ[A-Za-z0-9_-]{5,}\\.[A-Za-z0-9_-]{5,}(?:\\.[A-Za-z0-9_-]*)?"),
          // Up to the last @ of the authority, since a password may contain one.
          Pattern.compile("(?<=://)[^\\s/?#]{1,1000}(?=@)"),
          Pattern.compile("(?i)(?<=\\b(?:bearer|basic) )[A-Za-z0-9+/._~=-]{8,}"),
          Pattern.compile(
              "(?i)(?<=(?:password|passwd|pwd|secret|token|api_key|apikey|api-key)"
                  + "[\"']?[=:] ?[\"']?)[^\\s&;,\"']{4,}"));

  private static final Pattern BACKTICKS = Pattern.compile("`+");

  private final UnaryOperator<String> redact;

  SafeText(UnaryOperator<String> redact) {
    this.redact = redact;
  }

  private String clean(String text) {
    // Invisible characters first, since they may be within a secret.
    StringBuilder seen = new StringBuilder(text.length());
    text.replace("\r\n", "\n")
        .replace('\r', '\n')
        .codePoints()
        .filter(SafeText::isSeen)
        .forEach(seen::appendCodePoint);
    String clean = redact.apply(seen.toString());
    for (Pattern secret : SECRETS) {
      clean = secret.matcher(clean).replaceAll(HIDDEN);
    }
    return clean.replace(MARK, "backfill-fingerprint :");
  }

  private static boolean isSeen(int c) {
    int type = Character.getType(c);
    return c == '\n'
        || c == '\t'
        || (type != Character.CONTROL
            && type != Character.FORMAT
            && type != Character.SURROGATE
            && type != Character.UNASSIGNED);
  }

  /** Returns the text on one line. */
  String line(String text, int max) {
    return cut(clean(text).replaceAll("\\s+", " ").strip(), max);
  }

  /** Returns the text in a block that ends at a longer row of backticks than it contains. */
  String block(String text, int max) {
    String clean = cut(clean(text), max);
    int ticks = 2;
    Matcher matcher = BACKTICKS.matcher(clean);
    while (matcher.find()) {
      ticks = Math.max(ticks, matcher.end() - matcher.start());
    }
    String fence = "`".repeat(ticks + 1);
    return fence + "text\n" + clean + "\n" + fence + "\n";
  }

  private static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    boolean splits = Character.isHighSurrogate(text.charAt(max - 1));
    return text.substring(0, splits ? max - 1 : max) + "...";
  }
}
