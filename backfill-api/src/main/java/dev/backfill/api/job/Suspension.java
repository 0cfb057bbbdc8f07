package dev.backfill.api.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that is switched off for now.
 *
 * @param subject what: {@link #WORK}, or what {@link #of} says of a destination
 * @param reason why, in one sentence without secrets
 * @param actor who did it: a person, or {@link #AUTOMATIC}
 * @param since when, on the manager's clock
 * @param until when it ends by itself, or null when a person has to end it
 * @param times how often in a row it has been suspended; 1 or more
 */
public record Suspension(
    String subject,
    String reason,
    String actor,
    Instant since,
    @Nullable Instant until,
    int times) {

  /** All work, while the same failure meets one target after the other. */
  public static final String WORK = "work";

  /** The actor of what the manager does by itself. */
  public static final String AUTOMATIC = "automatic";

  /**
   * The subject that a destination is.
   *
   * @param destination the destination
   * @return {@code destination:NAME}
   */
  public static String of(Destination destination) {
    return "destination:" + destination.name();
  }

  /**
   * Whether it holds.
   *
   * @param now the time
   * @return false when it has ended by itself
   */
  public boolean holds(Instant now) {
    return until == null || now.isBefore(until);
  }
}
