package dev.backfill.cli.option;

/** The option {@code --verbose}, as commands read it from the root command. */
@FunctionalInterface
public interface Verbosity {

  /** The value without the option. */
  Verbosity QUIET = () -> false;

  /** Returns true if logs and stack traces are printed. */
  boolean isVerbose();
}
