package dev.backfill.api.store;

import org.jspecify.annotations.Nullable;

/**
 * The user behind a request, and the reason. A store keeps both with the change that they lead to.
 *
 * @param actor the name of the user; from 1 to 200 characters
 * @param reason the reason, or null without one; from 1 to 1,000 characters, without secrets
 */
public record RequestedBy(String actor, @Nullable String reason) {

  /** A user without a name, for requests from code. */
  public static final RequestedBy UNNAMED = new RequestedBy("unnamed", null);

  private static final int MAX_ACTOR = 200;
  private static final int MAX_REASON = 1_000;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a text is empty or too long
   */
  public RequestedBy {
    if (actor.isBlank() || actor.length() > MAX_ACTOR) {
      throw new IllegalArgumentException(
          "the actor is \"" + actor + "\"; it must have 1 to " + MAX_ACTOR + " characters");
    }
    if (reason != null && (reason.isBlank() || reason.length() > MAX_REASON)) {
      throw new IllegalArgumentException(
          "the reason has " + reason.length() + " characters; it must have 1 to " + MAX_REASON);
    }
  }

  /**
   * Returns a request without a reason.
   *
   * @param actor the name of the user; from 1 to 200 characters
   * @return the value
   * @throws IllegalArgumentException if the name is empty or too long
   */
  public static RequestedBy by(String actor) {
    return new RequestedBy(actor, null);
  }

  /**
   * Returns a request with a reason.
   *
   * @param actor the name of the user; from 1 to 200 characters
   * @param reason the reason; from 1 to 1,000 characters, without secrets
   * @return the value
   * @throws IllegalArgumentException if a text is empty or too long
   */
  public static RequestedBy by(String actor, String reason) {
    return new RequestedBy(actor, reason);
  }

  /**
   * Returns the same user with a reason that names a reload, as {@link ProgressStore#reload}
   * records it.
   *
   * @return a value whose reason begins with {@code read again from the start}
   * @throws IllegalArgumentException if the reason is longer than 900 characters
   */
  public RequestedBy forReload() {
    if (reason != null && reason.length() > MAX_REASON - 100) {
      throw new IllegalArgumentException(
          "the reason has "
              + reason.length()
              + " characters; for a reload it must have 1 to "
              + (MAX_REASON - 100));
    }
    return new RequestedBy(
        actor, "read again from the start" + (reason == null ? "" : ": " + reason));
  }
}
