package dev.backfill.cli.run;

/** Sets up slf4j-simple, which reads its properties when the first logger is made. */
public final class Logging {

  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  public static void configure(boolean verbose) {
    set("defaultLogLevel", verbose ? "info" : "warn");
    // Says that a repository has another name now, which whoever named it should know.
    set("log.dev.backfill.github", "info");
    set("showDateTime", "true");
    set("dateTimeFormat", "HH:mm:ss.SSS");
    set("showThreadName", "false");
    set("showShortLogName", "true");
    // The pool logs a stack trace when it cannot connect; the command says it in a sentence.
    set("log.com.zaxxer.hikari", verbose ? "warn" : "off");
  }

  private static void set(String name, String value) {
    if (System.getProperty(PREFIX + name) == null) {
      System.setProperty(PREFIX + name, value);
    }
  }
}
