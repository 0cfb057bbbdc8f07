package dev.backfill.cli.run;

/** Configuration of slf4j-simple, which reads its properties when the first logger is created. */
public final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  public static void configure(boolean verbose) {
    set("defaultLogLevel", verbose ? "info" : "warn");
    // Logs the new name of a renamed repository, which the user should know.
    set("log.dev.backfill.github", "info");
    set("showDateTime", "true");
    set("dateTimeFormat", "HH:mm:ss.SSS");
    set("showThreadName", "false");
    set("showShortLogName", "true");
    // The pool logs a stack trace if it cannot connect; the command prints a sentence.
    set("log.com.zaxxer.hikari", verbose ? "warn" : "off");
  }

  private static void set(String name, String value) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, value);
    }
  }
}
