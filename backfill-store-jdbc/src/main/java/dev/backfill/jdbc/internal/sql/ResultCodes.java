package dev.backfill.jdbc.internal.sql;

import java.sql.SQLException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * SQL states for drivers that have none. SQLite's messages begin with the result code in brackets,
 * such as {@code [SQLITE_BUSY_SNAPSHOT]}: the primary code, and often an extended part.
 */
final class ResultCodes {

  private static final Pattern CODE = Pattern.compile("^\\[SQLITE_([A-Z]+)(?:_([A-Z]+))?]");

  private static final Map<String, String> STATES =
      Map.ofEntries(
          Map.entry("BUSY", "HYT00"),
          Map.entry("LOCKED", "HYT00"),
          Map.entry("PROTOCOL", "HYT00"),
          Map.entry("INTERRUPT", "57014"),
          Map.entry("NOMEM", "53200"),
          Map.entry("FULL", "53100"),
          Map.entry("READONLY", "90097"),
          Map.entry("PERM", "42501"),
          Map.entry("AUTH", "42501"),
          Map.entry("CANTOPEN", "3D000"),
          Map.entry("TOOBIG", "22001"),
          Map.entry("MISMATCH", "22018"),
          Map.entry("CONSTRAINT", "23000"));

  /** The codes whose extended part decides. */
  private static final Map<String, String> STATES_OF_PARTS =
      Map.of(
          "BUSY_SNAPSHOT", "40001",
          "CONSTRAINT_UNIQUE", "23505",
          "CONSTRAINT_PRIMARYKEY", "23505",
          "CONSTRAINT_ROWID", "23505",
          "CONSTRAINT_NOTNULL", "23502",
          "CONSTRAINT_FOREIGNKEY", "23503",
          "CONSTRAINT_CHECK", "23514");

  /** The texts that distinguish the causes of the code SQLITE_ERROR. */
  private static final Map<String, String> STATES_OF_TEXTS =
      Map.of(
          "no such table", "42P01",
          "no such column", "42703",
          "has no column named", "42703",
          "already exists", "42P07",
          "duplicate column name", "42S21");

  private ResultCodes() {}

  /**
   * Returns an error's SQL state.
   *
   * @param failure the driver's exception
   * @return its own state, the state for its result code, or nothing
   */
  static String state(SQLException failure) {
    String state = failure.getSQLState();
    if (state != null) {
      return state;
    }
    String message = String.valueOf(failure.getMessage());
    Matcher code = CODE.matcher(message);
    return code.find() ? state(code.group(1), code.group(2), message) : "";
  }

  static boolean isBusyFile(SQLException failure) {
    Matcher code = CODE.matcher(String.valueOf(failure.getMessage()));
    return code.find() && code.group(1).equals("BUSY");
  }

  private static String state(String primary, @Nullable String part, String message) {
    if (primary.equals("ERROR")) {
      return STATES_OF_TEXTS.entrySet().stream()
          .filter(text -> message.contains(text.getKey()))
          .map(Map.Entry::getValue)
          .findFirst()
          .orElse("");
    }
    String state = part == null ? null : STATES_OF_PARTS.get(primary + "_" + part);
    return state == null ? STATES.getOrDefault(primary, "") : state;
  }
}
