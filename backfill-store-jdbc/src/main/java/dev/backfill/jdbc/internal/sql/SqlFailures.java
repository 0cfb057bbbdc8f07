package dev.backfill.jdbc.internal.sql;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.failure.PoisonItemException;
import dev.backfill.api.failure.TransientFailureException;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The translation of database errors to failures of the engine; the only code that reads SQL
 * states.
 */
public final class SqlFailures {

  /** States of PostgreSQL and H2 that are transient, beside all states of class 08 and 40. */
  private static final Set<String> TRANSIENT =
      Set.of(
          "53000", "53200", "53300", "53400", "55006", "55P03", "57014", "57P01", "57P02", "57P03",
          "57P05", "25P03", "25P04", "72000", "HYT00", "HYT01", "90067", "90098", "90121", "90131",
          "90020");

  private static final Set<String> MISSING_TABLE =
      Set.of("42P01", "3F000", "42S02", "42S03", "42S04", "90079");

  private static final Set<String> MISSING_COLUMN = Set.of("42S22", "42703");

  private static final Set<String> NO_PERMISSION = Set.of("42501", "90096");
  private static final Set<String> NO_DATABASE = Set.of("3D000", "90146", "90013");
  private static final Set<String> DISK_FULL = Set.of("53100", "90028", "90031");

  /** The state of a server that refuses writes, as PostgreSQL's during a failover; transient. */
  private static final String READ_ONLY_SERVER = "25006";

  /** The states of a read-only file, of H2 and of SQLite. */
  private static final Set<String> READ_ONLY_FILE = Set.of("90097");

  private static final String ACCEPTS_WRITES = "Connect to a server that accepts writes.";

  private static final Set<String> PREPARED_STATEMENT = Set.of("26000", "42P05");

  private static final String NOT_SUPPORTED = "0A000";

  /** The states for an object that another process created at the same moment. */
  private static final Set<String> ALREADY_EXISTS =
      Set.of(
          "42P07", "42P06", "42710", "23505", "42S01", "42S11", "42S21", "90045", "90078", "90038",
          "HYT00", "40001", "XX000");

  private static final Pattern PASSWORD = Pattern.compile("(?i)(password|pwd)=[^\\s;&\"]*");

  private SqlFailures() {}

  /**
   * Translates an error of the store's own work.
   *
   * @param action the failed action, as a noun phrase such as {@code the commit of chunk 3}
   * @param failure the driver's exception
   * @return the exception to throw
   */
  public static BackfillException translate(String action, SQLException failure) {
    return translate(action, failure, false);
  }

  /**
   * Translates an error of writing items; bad data is then the fault of an item.
   *
   * @param action the failed action
   * @param failure the driver's exception
   * @return the exception to throw
   */
  public static BackfillException translateWrite(String action, SQLException failure) {
    return translate(action, failure, true);
  }

  /** Returns true if two writers inserted the same key or created the same table at once. */
  public static boolean alreadyExists(@Nullable Throwable failure) {
    return failure instanceof SQLException sql
        && chain(sql).stream()
            .anyMatch(
                e ->
                    ALREADY_EXISTS.contains(state(e))
                        || String.valueOf(e.getMessage()).contains("object already exists"));
  }

  /** Returns true if a retry of the same work may succeed. */
  public static boolean isWorthRepeating(SQLException failure) {
    return chain(failure).stream().anyMatch(SqlFailures::isTransient);
  }

  /** Returns true if two transactions could not be serialized. */
  static boolean isSerialization(@Nullable Throwable failure) {
    return failure instanceof SQLException sql
        && chain(sql).stream().anyMatch(e -> state(e).equals("40001"));
  }

  /** Returns true if another connection held SQLite's file. */
  static boolean isBusyFile(SQLException failure) {
    return chain(failure).stream().anyMatch(ResultCodes::isBusyFile);
  }

  /** Returns true if a key already exists. */
  public static boolean isDuplicateKey(@Nullable Throwable failure) {
    return failure instanceof SQLException sql
        && chain(sql).stream().anyMatch(e -> state(e).equals("23505"));
  }

  private static BackfillException translate(String action, SQLException failure, boolean items) {
    List<SQLException> chain = chain(failure);
    String cure = Causes.advice(failure);
    if (cure != null) {
      return new PermanentFailureException(
          Reason.STORE_REFUSED,
          sentence(action, "refused", chain.get(0)) + " Nothing of it was stored. " + cure,
          failure);
    }
    for (SQLException each : chain) {
      String advice = advice(state(each));
      if (advice != null) {
        return new PermanentFailureException(
            MISSING_TABLE.contains(state(each)) ? Reason.NOT_INSTALLED : Reason.STORE_REFUSED,
            sentence(action, "refused", each) + " " + advice,
            failure);
      }
    }
    for (SQLException each : chain) {
      if (isTransient(each) || !items && state(each).equals(NOT_SUPPORTED)) {
        return new TransientFailureException(
            sentence(action, "could not do", each) + " A retry may succeed." + later(each),
            failure);
      }
      if (items && (state(each).startsWith("22") || state(each).startsWith("23"))) {
        return new PoisonItemException(
            sentence(action, "refused an item's data in", each) + " Nothing of it was stored.",
            failure);
      }
    }
    return new PermanentFailureException(
        Reason.STORE_REFUSED,
        sentence(action, "refused", chain.get(0)) + " Nothing of it was stored.",
        failure);
  }

  private static boolean isTransient(SQLException failure) {
    String state = state(failure);
    return state.startsWith("08")
        || state.startsWith("40")
        || TRANSIENT.contains(state)
        || state.equals(READ_ONLY_SERVER)
        || state.equals(NOT_SUPPORTED) && Causes.isChangedPlan(failure)
        || failure instanceof SQLTransientException
        || failure instanceof SQLRecoverableException
        || failure instanceof SQLTimeoutException;
  }

  private static String later(SQLException failure) {
    return state(failure).equals(READ_ONLY_SERVER) ? " If it lasts: " + ACCEPTS_WRITES : "";
  }

  private static @Nullable String advice(String state) {
    if (state.startsWith("28")) {
      return "Check the user and the password.";
    }
    if (NO_DATABASE.contains(state)) {
      return "Create the database, or correct its name in the URL.";
    }
    if (NO_PERMISSION.contains(state)) {
      return "Grant the database user the rights on the tables, or use one that has them.";
    }
    if (MISSING_TABLE.contains(state) || MISSING_COLUMN.contains(state)) {
      return "Install the schema with JdbcStore.installSchema(), and check the schema's name and"
          + " the table prefix.";
    }
    if (DISK_FULL.contains(state)) {
      return Causes.DISK_FULL;
    }
    if (READ_ONLY_FILE.contains(state)) {
      return ACCEPTS_WRITES;
    }
    if (PREPARED_STATEMENT.contains(state)) {
      return "A pooler changes connections between statements: add prepareThreshold=0 to the URL.";
    }
    return null;
  }

  private static String sentence(String action, String verb, SQLException failure) {
    String state = failure.getSQLState();
    return "The database "
        + verb
        + " "
        + action
        + (state == null ? ": " : " (" + state + "): ")
        + firstLine(failure.getMessage());
  }

  private static String firstLine(@Nullable String message) {
    if (message == null || message.isBlank()) {
      return "no reason given.";
    }
    String line =
        PASSWORD.matcher(message.strip().lines().findFirst().orElse("")).replaceAll("$1=***");
    return line.endsWith(".") ? line : line + ".";
  }

  private static String state(SQLException failure) {
    return ResultCodes.state(failure);
  }

  /**
   * Returns the error itself, its causes and its next exceptions: pools and batches wrap the real
   * one.
   */
  private static List<SQLException> chain(SQLException failure) {
    List<SQLException> chain = new ArrayList<>();
    collect(failure, chain);
    return chain;
  }

  private static void collect(@Nullable Throwable failure, List<SQLException> chain) {
    for (Throwable each = failure; each != null && chain.size() < 20; each = each.getCause()) {
      if (each instanceof SQLException sql) {
        if (chain.contains(sql)) {
          return;
        }
        chain.add(sql);
        collect(sql.getNextException(), chain);
      }
    }
  }
}
