package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The valid tokens and their users. Safe for any number of threads. */
final class Callers {

  private static final Account APP = new Account(6_000_000L, "sim-app[bot]", "Bot");

  private final Map<String, String> logins;
  private final AppTokens apps;
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  /**
   * Creates the list.
   *
   * @param logins the login for each valid token; empty if any token is valid
   * @param apps the tokens of installations
   */
  Callers(Map<String, String> logins, AppTokens apps) {
    this.apps = apps;
    this.logins = Map.copyOf(logins);
  }

  void revoke(String token) {
    revoked.add(token);
  }

  Caller identify(@Nullable String token) {
    if (token == null) {
      return Caller.ANONYMOUS;
    }
    if (revoked.contains(token)) {
      return Caller.REFUSED;
    }
    if (apps.knows(token)) {
      return apps.isGood(token)
          ? new Caller(Caller.Kind.INSTALLATION, apps.principal(), APP)
          : Caller.REFUSED;
    }
    if (logins.isEmpty()) {
      return user(token, "user-" + Integer.toHexString(token.hashCode()));
    }
    String login = logins.get(token);
    return login == null ? Caller.REFUSED : user(login, login);
  }

  private static Caller user(String principal, String login) {
    long id = 5_000_000L + (login.hashCode() & 0xFFFFFFL);
    return new Caller(Caller.Kind.USER, "user:" + principal, new Account(id, login, "User"));
  }
}
