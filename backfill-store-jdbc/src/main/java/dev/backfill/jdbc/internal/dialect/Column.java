package dev.backfill.jdbc.internal.dialect;

/**
 * A column of a history table.
 *
 * @param name its name
 * @param type what it holds
 */
public record Column(String name, Type type) {

  /** What a column holds. */
  public enum Type {
    /** A whole number of 32 bits. */
    INTEGER,
    /** A whole number of 64 bits. */
    BIGINT,
    /** A truth value. */
    BOOLEAN,
    /** Text of any length. */
    TEXT,
    /** A moment. */
    TIMESTAMP
  }
}
