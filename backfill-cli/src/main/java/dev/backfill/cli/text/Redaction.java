package dev.backfill.cli.text;

/** Keeps passwords in database addresses away from terminals and logs. */
public final class Redaction {

  private Redaction() {}

  /** The text with every password in it masked. */
  public static String masked(String text) {
    return text.replaceAll("(?i)(password|pwd)=(\"[^\"]*\"|[^;&]*)", "$1=***")
        .replaceAll("://([^/:@\\s]*):[^?]*@", "://$1:***@");
  }
}
