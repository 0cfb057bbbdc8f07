package dev.backfill.api.store;

import org.jspecify.annotations.Nullable;

/**
 * A person's request, with who makes it and why; both are kept with what comes of it.
 *
 * @param control what is asked
 * @param actor who asks, such as a user's name; from 1 to 200 characters
 * @param reason why, or null when nothing was said; from 1 to 1,000 characters, without secrets
 */
public record ControlRequest(Control control, String actor, @Nullable String reason) {

  private static final int MAX_ACTOR = 200;
  private static final int MAX_REASON = 1_000;

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when a text is empty or too long
   */
  public ControlRequest {
    if (actor.isBlank() || actor.length() > MAX_ACTOR) {
      throw new IllegalArgumentException(
          "who asks is \"" + actor + "\"; it must have 1 to " + MAX_ACTOR + " characters");
    }
    if (reason != null && (reason.isBlank() || reason.length() > MAX_REASON)) {
      throw new IllegalArgumentException(
          "the reason has " + reason.length() + " characters; it must have 1 to " + MAX_REASON);
    }
  }

  /**
   * A request to go on from the start, as {@link ProgressStore#reload} keeps it.
   *
   * @param actor who asks
   * @param reason why, or null when nothing was said; at most 900 characters
   * @return a request to resume, whose reason says what is asked
   * @throws IllegalArgumentException when a text is empty or too long
   */
  public static ControlRequest reload(String actor, @Nullable String reason) {
    return new ControlRequest(
        Control.RESUME, actor, "read again from the start" + (reason == null ? "" : ": " + reason));
  }

  /**
   * A request of somebody who gives no name and no reason.
   *
   * @param control what is asked
   * @return the request, with {@code unnamed} as who asks
   */
  public static ControlRequest unnamed(Control control) {
    return new ControlRequest(control, "unnamed", null);
  }
}
