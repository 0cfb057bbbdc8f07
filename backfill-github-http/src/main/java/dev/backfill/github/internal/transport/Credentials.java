package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.github.internal.auth.AppIdentity;
import dev.backfill.github.internal.auth.Secrets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The client's credentials: any number of tokens, a GitHub App, or none. No log statement or
 * message contains them. Thread-safe.
 */
public final class Credentials {

  private final List<String> tokens;
  private final @Nullable AppIdentity app;
  private final Secrets secrets = new Secrets();

  private Credentials(List<String> tokens, @Nullable AppIdentity app) {
    this.tokens = List.copyOf(tokens);
    this.app = app;
    this.tokens.forEach(secrets::addLasting);
  }

  /** Creates credentials from checked tokens and an App; duplicates count once. */
  public static Credentials of(List<String> tokens, @Nullable AppIdentity app) {
    Set<String> distinct = new LinkedHashSet<>(tokens);
    return new Credentials(new ArrayList<>(distinct), app);
  }

  /** Returns the token without white space around it; null for null and blank. */
  public static @Nullable String checked(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return null;
    }
    String stripped = token.strip();
    if (!stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidConfigurationException(
          "The token has a space or another character that no token has."
              + " Set it exactly as GitHub showed it.");
    }
    return stripped;
  }

  public boolean isPresent() {
    return count() > 0;
  }

  int count() {
    return tokens.size() + (app == null ? 0 : 1);
  }

  public List<String> tokens() {
    return tokens;
  }

  public @Nullable AppIdentity app() {
    return app;
  }

  public Secrets secrets() {
    return secrets;
  }

  /**
   * Returns the text without any token that is or was in use, in case a server has sent one back.
   */
  public String redact(String text) {
    return secrets.redact(text);
  }

  /** Returns the cause; null if it, or a cause of it, contains a token. */
  public @Nullable Throwable shown(@Nullable Throwable cause) {
    return secrets.shown(cause);
  }

  @Override
  public String toString() {
    String some =
        switch (tokens.size()) {
          case 0 -> "";
          case 1 -> "a token";
          default -> tokens.size() + " tokens";
        };
    if (app == null) {
      return some.isEmpty() ? "no token" : some;
    }
    return (some.isEmpty() ? "" : some + " and ") + "a GitHub App";
  }
}
