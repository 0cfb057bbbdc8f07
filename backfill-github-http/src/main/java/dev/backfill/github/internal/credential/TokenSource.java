package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.github.internal.transport.ErrorBody;

/** Where a credential's token comes from. Safe for any number of threads. */
public interface TokenSource {

  /**
   * The token to send.
   *
   * @throws BackfillException when there is none to be had
   */
  String token() throws InterruptedException;

  /**
   * Whether the request may go out once more after GitHub has answered 401.
   *
   * @param refused the token that was sent
   * @param body what GitHub said
   */
  boolean mayRepeat(String refused, ErrorBody body);

  /** A token that stays the same. */
  record Fixed(String token) implements TokenSource {

    private static final String DEAD = "Bad credentials";

    /** GitHub has been seen to answer 401 at random; then it does not say this. */
    @Override
    public boolean mayRepeat(String refused, ErrorBody body) {
      return !body.message().contains(DEAD);
    }

    @Override
    public String toString() {
      return "***";
    }
  }
}
