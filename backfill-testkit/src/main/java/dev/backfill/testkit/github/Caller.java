package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;

/**
 * Who sends a request.
 *
 * @param kind what they may do
 * @param principal whose quota they spend
 * @param account who they are to others
 */
record Caller(Kind kind, String principal, Account account) {

  /** What a caller may do. */
  enum Kind {
    /** Whoever sends no token: sees public repositories over REST. */
    ANONYMOUS,
    /** A user. */
    USER,
    /** An installation of an app: like a user, without being one. */
    INSTALLATION,
    /** Whoever sends a token that is not good. */
    REFUSED
  }

  private static final Account NONE = new Account(0, "", "User");

  static final Caller ANONYMOUS = new Caller(Kind.ANONYMOUS, "", NONE);
  static final Caller REFUSED = new Caller(Kind.REFUSED, "", NONE);

  boolean isSignedIn() {
    return kind == Kind.USER || kind == Kind.INSTALLATION;
  }
}
