package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Knows whose tokens are good. Safe for any number of threads. */
final class Callers {

  private final Map<String, String> logins;
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();

  /**
   * Makes the list.
   *
   * @param logins who each good token belongs to; empty when any token is good
   */
  Callers(Map<String, String> logins) {
    this.logins = Map.copyOf(logins);
  }

  void revoke(String token) {
    revoked.add(token);
  }

  Caller identify(@Nullable String token) {
    if (token == null) {
      return Caller.NOBODY;
    }
    if (revoked.contains(token)) {
      return Caller.REFUSED;
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
