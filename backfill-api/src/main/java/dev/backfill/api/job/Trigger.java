package dev.backfill.api.job;

/**
 * Why a job is to run.
 *
 * @param priority how urgent it is
 * @param reason in a few words; from 1 to 200 characters, without secrets
 */
public record Trigger(Priority priority, String reason) {

  private static final int MAX = 200;

  /**
   * Checks the reason.
   *
   * @throws IllegalArgumentException when it is blank or too long
   */
  public Trigger {
    if (reason.isBlank() || reason.length() > MAX) {
      throw new IllegalArgumentException(
          "the trigger's reason has " + reason.length() + " characters; it must have 1 to " + MAX);
    }
  }
}
