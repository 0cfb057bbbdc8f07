package dev.backfill.api.failure;

import org.jspecify.annotations.Nullable;

/**
 * The base of every failure that crosses the SPI.
 *
 * <p>The message is for users: the problem, its effect on the data, the fix. It holds no secret:
 * code that throws it keeps tokens and passwords out.
 */
public abstract sealed class BackfillException extends RuntimeException
    permits InvalidConfigurationException,
        LeaseLostException,
        PermanentFailureException,
        PoisonItemException,
        RateLimitedException,
        TransientFailureException {

  private static final long serialVersionUID = 1L;

  BackfillException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
