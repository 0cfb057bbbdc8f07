package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A suspension of a destination, or of all work.
 *
 * @param subject its subject: {@link #WORK}, or the result of {@link #of} for a destination
 * @param reason the reason, in one sentence without secrets
 * @param actor the user who suspended it, or {@link #AUTOMATIC}
 * @param since when it began, on the manager's clock
 * @param until when it ends by itself, or null if an operator has to end it
 * @param times the number of suspensions in a row; 1 or more
 */
public record Suspension(
    String subject,
    String reason,
    String actor,
    Instant since,
    @Nullable Instant until,
    int times) {

  /** The subject for all work, for the time in which one failure meets target after target. */
  public static final String WORK = "work";

  /** The actor of the manager's own suspensions. */
  public static final String AUTOMATIC = "automatic";

  /**
   * Returns the subject for a destination.
   *
   * @param destination the destination
   * @return {@code destination:NAME}
   */
  public static String of(Destination destination) {
    return "destination:" + destination.name();
  }

  /**
   * Checks if the suspension still holds.
   *
   * @param now the time
   * @return false if it has ended by itself
   */
  public boolean holds(Instant now) {
    return until == null || now.isBefore(until);
  }
}
