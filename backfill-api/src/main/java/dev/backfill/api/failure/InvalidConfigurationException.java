package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * A failure of a value from the environment, the command line or code that breaks its rule. The
 * message names the value (unless it is a secret), the rule and the fix. Nothing was started.
 */
public final class InvalidConfigurationException extends BackfillException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message a text for users: the value, the rule, the fix; without secrets
   */
  public InvalidConfigurationException(String message) {
    this(message, null);
  }

  /**
   * Creates the failure.
   *
   * @param message a text for users: the value, the rule, the fix; without secrets
   * @param cause the cause, or null
   */
  public InvalidConfigurationException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
