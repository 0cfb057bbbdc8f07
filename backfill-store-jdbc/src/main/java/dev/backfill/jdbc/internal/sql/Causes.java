package dev.backfill.jdbc.internal.sql;

import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Facts that an SQL state does not contain, from an error's causes. Message texts count only if
 * they are the operating system's, or if no code exists.
 */
final class Causes {

  static final String DISK_FULL = "Free or add disk space for the database.";

  private static final String LIBRARY =
      "The driver cannot load its library from the folder for temporary files: set"
          + " -Dorg.sqlite.tmpdir to a folder from which programs may run (a mount without"
          + " noexec).";

  /** The messages of Linux and macOS, of a quota there, and of Windows. */
  private static final List<String> FULL =
      List.of(
          "no space left on device",
          "disk quota exceeded",
          "not enough space on the disk",
          "there is not enough space");

  private static final String LIBRARY_NOT_FOUND = "org.sqlite.NativeLibraryNotFoundException";

  /** The routine of PostgreSQL that detects changed columns of a prepared statement. */
  private static final String CHANGED_PLAN = "RevalidateCachedQuery";

  private static final String CHANGED_PLAN_WORDS = "cached plan must not change result type";
  private static final int MAX_CAUSES = 30;

  private Causes() {}

  /**
   * Finds the fix for an error whose cause is on this machine.
   *
   * @return a sentence, or null if no cause is known
   */
  static @Nullable String advice(SQLException failure) {
    for (Throwable cause : all(failure)) {
      if (cause instanceof IOException && isFull(cause)) {
        return DISK_FULL;
      }
      if (cause instanceof UnsatisfiedLinkError
          || cause.getClass().getName().equals(LIBRARY_NOT_FOUND)) {
        return LIBRARY;
      }
    }
    return null;
  }

  private static boolean isFull(Throwable cause) {
    String message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    return FULL.stream().anyMatch(message::contains);
  }

  /**
   * Returns true if columns were added to a table of a prepared statement, once on each connection.
   * The server names the routine in every language; with a driver that drops it, the message
   * decides.
   */
  static boolean isChangedPlan(SQLException failure) {
    String routine = routine(failure);
    return routine == null
        ? String.valueOf(failure.getMessage()).contains(CHANGED_PLAN_WORDS)
        : routine.equals(CHANGED_PLAN);
  }

  private static @Nullable String routine(SQLException failure) {
    try {
      Object message = failure.getClass().getMethod("getServerErrorMessage").invoke(failure);
      return message == null
          ? null
          : (String) message.getClass().getMethod("getRoutine").invoke(message);
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static List<Throwable> all(SQLException failure) {
    List<Throwable> all = new ArrayList<>();
    collect(failure, all);
    return all;
  }

  private static void collect(@Nullable Throwable failure, List<Throwable> all) {
    for (Throwable each = failure;
        each != null && all.size() < MAX_CAUSES;
        each = each.getCause()) {
      if (all.contains(each)) {
        return;
      }
      all.add(each);
      if (each instanceof SQLException sql) {
        collect(sql.getNextException(), all);
      }
    }
  }
}
