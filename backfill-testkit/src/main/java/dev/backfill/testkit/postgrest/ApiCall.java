package dev.backfill.testkit.postgrest;

import org.jspecify.annotations.Nullable;

/**
 * A request that a simulated project received. Contains no key.
 *
 * @param number its number, from 1
 * @param path the path as sent
 * @param apiKey the kind of the header {@code apikey}
 * @param bearer the kind of the token in the header {@code Authorization}
 * @param userAgent the client's name; null if it sent none
 * @param requestBytes the size of its body
 * @param fault the fault that it met; null if it met none
 * @param status the status of the answer, also of one that did not arrive; 0 if the function did
 *     not run, or ran without a connection
 * @param answerBytes the size of the answer's body as sent
 */
public record ApiCall(
    long number,
    String path,
    Credential apiKey,
    Credential bearer,
    @Nullable String userAgent,
    int requestBytes,
    @Nullable CallFault fault,
    int status,
    int answerBytes) {

  /** The kinds of keys. */
  public enum Credential {
    /** None. */
    NONE,
    /** A JSON web token. */
    TOKEN,
    /** A key that begins with {@code sb_secret_}. */
    SECRET,
    /** A key that begins with {@code sb_publishable_}. */
    PUBLISHABLE,
    /** Another text. */
    OTHER;

    static Credential of(@Nullable String key) {
      if (key == null || key.isEmpty()) {
        return NONE;
      } else if (key.startsWith("eyJ")) {
        return TOKEN;
      } else if (key.startsWith("sb_secret_")) {
        return SECRET;
      }
      return key.startsWith("sb_publishable_") ? PUBLISHABLE : OTHER;
    }
  }

  /** Returns the name of the called function: the end of the path. */
  public String function() {
    return path.substring(path.lastIndexOf('/') + 1);
  }
}
