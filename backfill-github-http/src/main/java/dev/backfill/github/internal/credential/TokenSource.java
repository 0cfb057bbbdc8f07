package dev.backfill.github.internal.credential;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.github.internal.transport.ErrorBody;

/** The source of a credential's token. Thread-safe. */
public interface TokenSource {

  /**
   * Returns the token to send.
   *
   * @throws BackfillException if there is none
   */
  String token() throws InterruptedException;

  /**
   * Returns true if the request may be sent once more after GitHub has answered 401.
   *
   * @param refused the token that was sent
   * @param body GitHub's explanation
   */
  boolean mayRepeat(String refused, ErrorBody body);

  /** A fixed token. */
  record Fixed(String token) implements TokenSource {

    private static final String DEAD = "Bad credentials";

    /**
     * Repeats random 401 responses, which GitHub has been seen to send: they lack its usual text.
     */
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
