package dev.backfill.cli.text;

/** Masking of passwords in database addresses, for terminals and logs. */
public final class Redaction {

  private Redaction() {}

  /** Returns the text with every password masked. */
  public static String masked(String text) {
    return text.replaceAll("(?i)(password|pwd)=(\"[^\"]*\"|[^;&]*)", "$1=***")
        .replaceAll("://([^/:@\\s]*):[^?]*@", "://$1:***@");
  }
}
