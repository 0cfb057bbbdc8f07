package dev.backfill.cli;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Everything that a database holds, as texts: by table, then by column. */
record StoredTexts(Map<String, Map<String, List<String>>> tables) {

  /** Those of the default database of a folder. */
  static StoredTexts inDefaultDatabase(Path folder) {
    Map<String, Map<String, List<String>>> tables = new TreeMap<>();
    try (Connection connection = DefaultDatabase.connect(folder)) {
      for (String table : names(connection)) {
        tables.put(table.toLowerCase(Locale.ROOT), columns(connection, table));
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return new StoredTexts(tables);
  }

  private static List<String> names(Connection connection) throws SQLException {
    List<String> names = new ArrayList<>();
    try (ResultSet result = connection.getMetaData().getTables(null, "PUBLIC", null, null)) {
      while (result.next()) {
        names.add(result.getString("TABLE_NAME"));
      }
    }
    return names;
  }

  private static Map<String, List<String>> columns(Connection connection, String table)
      throws SQLException {
    Map<String, List<String>> columns = new TreeMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("SELECT * FROM \"" + table + "\"")) {
      while (result.next()) {
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          String name = result.getMetaData().getColumnName(i).toLowerCase(Locale.ROOT);
          columns
              .computeIfAbsent(name, key -> new ArrayList<>())
              .add(String.valueOf(result.getString(i)));
        }
      }
    }
    return columns;
  }

  /** The values of a column. */
  List<String> column(String table, String column) {
    return tables.get(table).get(column);
  }
}
