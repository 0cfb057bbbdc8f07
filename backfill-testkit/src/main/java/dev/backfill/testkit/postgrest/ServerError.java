package dev.backfill.testkit.postgrest;

import java.lang.reflect.InvocationTargetException;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * An error that the database reported.
 *
 * @param state its SQLSTATE
 * @param message its primary message
 * @param detail its detail, if it has one
 * @param hint its hint, if it has one
 */
record ServerError(String state, String message, @Nullable String detail, @Nullable String hint) {

  /**
   * Returns the parts of an error. They are in a class of the PostgreSQL driver, which belongs to
   * the tests and not to this module, so its methods are called by their names.
   *
   * @return null if the error is the driver's own, as for a lost connection
   */
  static @Nullable ServerError of(SQLException failure) {
    try {
      Object parts = failure.getClass().getMethod("getServerErrorMessage").invoke(failure);
      if (parts == null) {
        return null;
      }
      String message = text(parts, "getMessage");
      return new ServerError(
          String.valueOf(failure.getSQLState()),
          message == null ? "" : message,
          text(parts, "getDetail"),
          text(parts, "getHint"));
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("The stand-in needs PostgreSQL's own driver.", e);
    }
  }

  private static @Nullable String text(Object parts, String getter)
      throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
    return (String) parts.getClass().getMethod(getter).invoke(parts);
  }
}
