package dev.backfill.cli.option;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.RequestedBy;
import org.jspecify.annotations.Nullable;

/** The user behind a command that changes something. */
public final class Requester {

  private Requester() {}

  /** Returns the user of this machine; {@code unnamed} if the JVM has no name for it. */
  public static String ofThisMachine() {
    String user = System.getProperty("user.name", "");
    return user.isBlank() ? "unnamed" : user;
  }

  /**
   * Returns a request.
   *
   * @param actor the name that the user gave, or null for the user of this machine
   * @param reason the reason, or null without one
   * @throws InvalidConfigurationException if a text is empty or too long
   */
  public static RequestedBy by(@Nullable String actor, @Nullable String reason) {
    try {
      return new RequestedBy(actor == null ? ofThisMachine() : actor, reason);
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(e.getMessage() + ". Nothing was changed.");
    }
  }
}
