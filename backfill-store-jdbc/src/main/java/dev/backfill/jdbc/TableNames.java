package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The schema and the prefix of the tables' names. Both become part of statements, so they consist
 * of lower-case letters, digits and underscores.
 *
 * @param schema the schema, from 1 to 30 characters, created if it is missing; null for the
 *     connection's own
 * @param prefix the prefix of every table, index and view; from 0 to 30 characters
 */
public record TableNames(@Nullable String schema, String prefix) {

  /** The connection's own schema and no prefix: {@code backfill_progress} and so on. */
  public static final TableNames DEFAULT = new TableNames(null, "");

  private static final Pattern NAME = Pattern.compile("[a-z_][a-z0-9_]{0,29}");

  /**
   * Checks the values.
   *
   * @throws InvalidConfigurationException if one is not such a name
   */
  public TableNames {
    if (schema != null) {
      requireName("schema", schema);
    }
    if (!prefix.isEmpty()) {
      requireName("table prefix", prefix);
    }
  }

  private static void requireName(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new InvalidConfigurationException(
          "The "
              + what
              + " is \""
              + value
              + "\". It must begin with a lower-case letter or an underscore, contain only these and"
              + " digits, and have at most 30 characters.");
    }
  }
}
