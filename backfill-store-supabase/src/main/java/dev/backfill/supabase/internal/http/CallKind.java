package dev.backfill.supabase.internal.http;

/** The effect of a call on the database, which decides the meaning of an error. */
public enum CallKind {
  /** Changes nothing, so that a lost answer does no harm. */
  READ("Nothing was changed."),

  /** Changes rows of the store. */
  WRITE("It may have been done all the same; the same call again finds that out."),

  /** Writes items, too: data that the database refuses is then the fault of an item. */
  ITEMS("It may have been stored all the same; the same attempt again finds that out.");

  private final String unknown;

  CallKind(String unknown) {
    this.unknown = unknown;
  }

  /** Returns the sentence about the data if the answer was lost. */
  String unknownOutcome() {
    return unknown;
  }

  /** Returns the sentence about the data if the database refused the call. */
  String refused() {
    return this == READ ? "Nothing was changed." : "Nothing of it was stored.";
  }
}
