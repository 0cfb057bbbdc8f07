package dev.backfill.github.internal.http;

import dev.backfill.api.failure.InvalidConfigurationException;
import org.jspecify.annotations.Nullable;

/** The token, kept where no log statement and no message finds it. Immutable. */
public final class Credentials {

  private final @Nullable String token;

  private Credentials(@Nullable String token) {
    this.token = token;
  }

  /** Takes a token; null and blank are none, and white space around it is dropped. */
  public static Credentials of(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return new Credentials(null);
    }
    String stripped = token.strip();
    if (!stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidConfigurationException(
          "the token has a space or another character that no token has;"
              + " give it exactly as GitHub showed it");
    }
    return new Credentials(stripped);
  }

  public boolean isPresent() {
    return token != null;
  }

  @Nullable String authorization() {
    return token == null ? null : "Bearer " + token;
  }

  /** The text without the token, should a server have sent it back. */
  public String redact(String text) {
    return token == null ? text : text.replace(token, "***");
  }

  /** The cause, unless it or what caused it shows the token. */
  @Nullable Throwable shown(@Nullable Throwable cause) {
    for (Throwable next = cause; next != null; next = next.getCause()) {
      if (!redact(String.valueOf(next)).equals(String.valueOf(next))) {
        return null;
      }
    }
    return cause;
  }

  @Override
  public String toString() {
    return token == null ? "no token" : "a token";
  }
}
