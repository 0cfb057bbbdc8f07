package dev.backfill.api.internal.history;

/**
 * A column of a history table.
 *
 * @param name its name
 * @param type the type of its values
 */
public record Column(String name, Type type) {

  /** The types of a column's values. */
  public enum Type {
    /** A whole number of 32 bits. */
    INTEGER,
    /** A whole number of 64 bits. */
    BIGINT,
    /** A boolean. */
    BOOLEAN,
    /** Text of any length. */
    TEXT,
    /** A timestamp. */
    TIMESTAMP
  }
}
