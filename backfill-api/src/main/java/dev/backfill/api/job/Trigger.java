package dev.backfill.api.job;

/**
 * The reason why a job has to run.
 *
 * @param priority the priority
 * @param reason a few words; from 1 to 200 characters, without secrets
 */
public record Trigger(Priority priority, String reason) {

  private static final int MAX = 200;

  /**
   * Checks the reason.
   *
   * @throws IllegalArgumentException if it is blank or too long
   */
  public Trigger {
    if (reason.isBlank() || reason.length() > MAX) {
      throw new IllegalArgumentException(
          "the trigger's reason has " + reason.length() + " characters; it must have 1 to " + MAX);
    }
  }
}
