package dev.backfill.cli.text;

import dev.backfill.api.failure.InvalidConfigurationException;

/** Exit codes of the process, from the best to the worst. */
public enum ExitCode {
  /** The command is done, or a limit of the run is reached. */
  DONE(0),
  /** The history was fetched to its end, with items in quarantine or missing. */
  GAPS(3),
  /** The run waits for quota; the number is {@code EX_TEMPFAIL} of {@code sysexits.h}. */
  WAITING(75),
  /** The command failed; a user has to act. */
  FAILED(1),
  /** An option, an argument or an environment variable is wrong; nothing was started. */
  USAGE(2),
  /** Ctrl-C: 128 and the number of the signal. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  /** Returns the code of a failure that ends a command. */
  public static ExitCode of(Exception failure) {
    return failure instanceof InvalidConfigurationException ? USAGE : FAILED;
  }

  public int number() {
    return number;
  }
}
