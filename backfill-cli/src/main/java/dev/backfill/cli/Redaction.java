package dev.backfill.cli;

/** Keeps passwords in database addresses away from terminals and logs. */
final class Redaction {

  private Redaction() {}

  /** The text with every password in it masked. */
  static String masked(String text) {
    return text.replaceAll("(?i)(password|pwd)=(\"[^\"]*\"|[^;&]*)", "$1=***")
        .replaceAll("://([^/:@\\s]*):[^?]*@", "://$1:***@");
  }
}
