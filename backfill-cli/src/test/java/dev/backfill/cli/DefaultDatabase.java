package dev.backfill.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;

/** The default database of a folder, as another client of the same user opens it. */
final class DefaultDatabase {

  private DefaultDatabase() {}

  static Connection connect(Path folder) throws SQLException {
    return DriverManager.getConnection(url(folder), "", password(folder));
  }

  static String url(Path folder) {
    return "jdbc:h2:file:" + folder.resolve("backfill-data/backfill") + ";AUTO_SERVER=TRUE";
  }

  /** Any database of a test; those of servers have no password. */
  static Connection open(String url, String user) throws SQLException {
    int data = url.indexOf("/backfill-data/");
    return data < 0
        ? DriverManager.getConnection(url, user, "")
        : connect(Path.of(url.substring("jdbc:h2:file:".length(), data)));
  }

  static String password(Path folder) {
    try {
      return Files.readString(folder.resolve("backfill-data/backfill.password")).strip();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
