package dev.backfill.testkit.github;

import dev.backfill.api.history.Account;

/**
 * The sender of a request.
 *
 * @param kind the rights of the caller
 * @param principal the principal whose quota the caller spends
 * @param account the account of the caller
 */
record Caller(Kind kind, String principal, Account account) {

  /** The rights of a caller. */
  enum Kind {
    /** A caller without a token, who sees public repositories over REST. */
    ANONYMOUS,
    /** A user. */
    USER,
    /** An installation of an app, with the rights of a user but no user account. */
    INSTALLATION,
    /** A caller with an invalid token. */
    REFUSED
  }

  private static final Account NONE = new Account(0, "", "User");

  static final Caller ANONYMOUS = new Caller(Kind.ANONYMOUS, "", NONE);
  static final Caller REFUSED = new Caller(Kind.REFUSED, "", NONE);

  boolean isSignedIn() {
    return kind == Kind.USER || kind == Kind.INSTALLATION;
  }
}
