package dev.backfill.github.internal.json;

import dev.backfill.api.history.Account;
import org.jspecify.annotations.Nullable;

/**
 * A cache of recent short texts and accounts: they repeat in a list, and become one object instead
 * of many. Bounded; used by one read.
 */
final class RecentTexts {

  private static final int MAX = 64;
  private static final int TEXTS = 128;
  private static final int ACCOUNTS = 64;

  private final @Nullable String[] texts = new @Nullable String[TEXTS];
  private final @Nullable Account[] accounts = new @Nullable Account[ACCOUNTS];

  String text(char[] from, int offset, int length) {
    if (length > MAX) {
      return new String(from, offset, length);
    }
    int hash = length;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + from[offset + i];
    }
    int slot = (hash ^ (hash >>> 16)) & (TEXTS - 1);
    String known = texts[slot];
    if (known != null && isSame(known, from, offset, length)) {
      return known;
    }
    String text = new String(from, offset, length);
    texts[slot] = text;
    return text;
  }

  private static boolean isSame(String known, char[] from, int offset, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (known.charAt(i) != from[offset + i]) {
        return false;
      }
    }
    return true;
  }

  Account account(long id, String login, String type) {
    int slot = Long.hashCode(id) & (ACCOUNTS - 1);
    Account known = accounts[slot];
    if (known != null
        && known.id() == id
        && known.login().equals(login)
        && known.type().equals(type)) {
      return known;
    }
    Account account = new Account(id, login, type);
    accounts[slot] = account;
    return account;
  }
}
