package dev.backfill.api.store;

import org.jspecify.annotations.Nullable;

/**
 * A user's request, with its actor and reason. The store records both with the transition.
 *
 * @param control the request
 * @param actor the name of the user who asks; from 1 to 200 characters
 * @param reason the reason, or null for none; from 1 to 1,000 characters, without secrets
 */
public record ControlRequest(Control control, String actor, @Nullable String reason) {

  private static final int MAX_ACTOR = 200;
  private static final int MAX_REASON = 1_000;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if a text is empty or too long
   */
  public ControlRequest {
    if (actor.isBlank() || actor.length() > MAX_ACTOR) {
      throw new IllegalArgumentException(
          "actor is \"" + actor + "\"; it must have 1 to " + MAX_ACTOR + " characters");
    }
    if (reason != null && (reason.isBlank() || reason.length() > MAX_REASON)) {
      throw new IllegalArgumentException(
          "the reason has " + reason.length() + " characters; it must have 1 to " + MAX_REASON);
    }
  }

  /**
   * Creates the request that {@link ProgressStore#reload} records.
   *
   * @param actor the name of the user who asks
   * @param reason the reason, or null for none; at most 900 characters
   * @return a request to resume, whose reason names the reload
   * @throws IllegalArgumentException if a text is empty or too long
   */
  public static ControlRequest reload(String actor, @Nullable String reason) {
    return new ControlRequest(
        Control.RESUME, actor, "read again from the start" + (reason == null ? "" : ": " + reason));
  }

  /**
   * Creates a request without a name and a reason.
   *
   * @param control the request
   * @return the request, with {@code unnamed} as its actor
   */
  public static ControlRequest unnamed(Control control) {
    return new ControlRequest(control, "unnamed", null);
  }
}
