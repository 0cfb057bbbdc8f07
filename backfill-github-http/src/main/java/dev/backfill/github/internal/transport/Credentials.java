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
 * On whose behalf to ask: any number of tokens, a GitHub App, or nobody. Kept where no log
 * statement and no message finds them. Safe for any number of threads.
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

  /** Takes checked tokens and an App; a token that is there twice counts once. */
  public static Credentials of(List<String> tokens, @Nullable AppIdentity app) {
    Set<String> distinct = new LinkedHashSet<>(tokens);
    return new Credentials(new ArrayList<>(distinct), app);
  }

  /** The token without white space around it; null and blank are none. */
  public static @Nullable String checked(@Nullable String token) {
    if (token == null || token.isBlank()) {
      return null;
    }
    String stripped = token.strip();
    if (!stripped.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new InvalidConfigurationException(
          "the token has a space or another character that no token has;"
              + " give it exactly as GitHub showed it");
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

  /** The text without any token that is or was in use, should a server have sent it back. */
  public String redact(String text) {
    return secrets.redact(text);
  }

  /** The cause, unless it or what caused it shows a token. */
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
