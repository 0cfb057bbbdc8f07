package dev.backfill.cli.text;

/** What the process tells its caller, from the best to the worst. */
public enum ExitCode {
  /** Everything that was asked for is done, or as much as the limits of the run allow. */
  DONE(0),
  /** Read to the end, with items in quarantine or missing. */
  GAPS(3),
  /** It goes on at a later time; the number is {@code EX_TEMPFAIL} of {@code sysexits.h}. */
  WAITING(75),
  /** A person has to look. */
  FAILED(1),
  /** An option, an argument or a value of the environment is wrong; nothing was started. */
  USAGE(2),
  /** Ctrl-C: 128 and the number of the signal. */
  INTERRUPTED(130);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
