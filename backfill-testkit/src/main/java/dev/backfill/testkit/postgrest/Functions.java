package dev.backfill.testkit.postgrest;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The functions of the exposed schema. The real one caches them; this one reads the catalog at each
 * call.
 */
final class Functions {

  /** A function's settings that PostgREST applies to the whole transaction. */
  private static final Set<String> HOISTED =
      Set.of("statement_timeout", "default_transaction_isolation");

  private static final String CANDIDATES =
      "SELECT p.pronargs, p.pronargdefaults, p.proargnames,"
          + " ARRAY(SELECT format_type(t, NULL) FROM unnest(p.proargtypes)"
          + " WITH ORDINALITY AS a(t, i) ORDER BY i)::text[], p.proretset,"
          + " format_type(p.prorettype, NULL), p.proconfig"
          + " FROM pg_catalog.pg_proc p"
          + " WHERE p.pronamespace = ?::regnamespace AND p.proname = ? AND p.prokind = 'f'"
          + " ORDER BY p.pronargs DESC";

  private Functions() {}

  /**
   * A function that fits a request.
   *
   * @param sql calls it with the body as the only parameter, and returns JSON
   * @param settings to apply to the transaction
   * @param returnsSet true if PostgREST would answer with rows
   * @param returnsVoid true if there is no answer
   */
  record Match(String sql, Map<String, String> settings, boolean returnsSet, boolean returnsVoid) {}

  /**
   * Finds the function: one whose arguments have the names of the body's keys, or else one with a
   * single unnamed argument of JSON, whose value is the body.
   */
  static Match find(Connection connection, String schema, String name, Set<String> keys)
      throws SQLException, RestError {
    Match unnamed = null;
    try (PreparedStatement statement = connection.prepareStatement(CANDIDATES)) {
      statement.setString(1, schema);
      statement.setString(2, name);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          Candidate candidate = Candidate.read(rows);
          String function = quoted(schema) + "." + quoted(name);
          if (candidate.takesBody()) {
            unnamed = candidate.match(function + "(?::" + candidate.types().get(0) + ")", "");
          } else if (candidate.takes(keys)) {
            return candidate.match(
                function + "(" + candidate.arguments(keys) + ")", candidate.record(keys));
          }
        }
      }
    }
    if (unnamed == null) {
      throw missing(schema + "." + name, keys);
    }
    return unnamed;
  }

  private record Candidate(
      int defaults,
      List<String> names,
      List<String> types,
      boolean returnsSet,
      String result,
      Map<String, String> settings) {

    static Candidate read(ResultSet rows) throws SQLException {
      List<String> types = texts(rows.getArray(4));
      List<String> names = texts(rows.getArray(3));
      Map<String, String> settings = new LinkedHashMap<>();
      for (String setting : texts(rows.getArray(7))) {
        String key = setting.substring(0, setting.indexOf('='));
        if (HOISTED.contains(key)) {
          settings.put(key, setting.substring(key.length() + 1));
        }
      }
      return new Candidate(
          rows.getInt(2),
          names.subList(0, Math.min(names.size(), types.size())),
          types,
          rows.getBoolean(5),
          String.valueOf(rows.getString(6)),
          settings);
    }

    boolean takesBody() {
      return types.size() == 1
          && (types.get(0).equals("jsonb") || types.get(0).equals("json"))
          && (names.isEmpty() || names.get(0).isEmpty());
    }

    boolean takes(Set<String> keys) {
      return names.size() == types.size()
          && names.containsAll(keys)
          && keys.containsAll(names.subList(0, names.size() - defaults));
    }

    String arguments(Set<String> keys) {
      List<String> arguments = new ArrayList<>();
      for (String key : keys) {
        arguments.add(quoted(key) + " => body." + quoted(key));
      }
      return String.join(", ", arguments);
    }

    String record(Set<String> keys) {
      List<String> columns = new ArrayList<>();
      for (String key : keys) {
        columns.add(quoted(key) + " " + types.get(names.indexOf(key)));
      }
      return keys.isEmpty()
          ? " FROM (SELECT ?::text) AS body"
          : " FROM json_to_record(?::json) AS body(" + String.join(", ", columns) + ")";
    }

    Match match(String call, String from) {
      boolean returnsVoid = result.equals("void");
      String value = returnsVoid ? call : "to_json(" + call + ")::text";
      return new Match("SELECT " + value + from, settings, returnsSet, returnsVoid);
    }
  }

  private static List<String> texts(@Nullable Array array) throws SQLException {
    List<String> texts = new ArrayList<>();
    if (array != null) {
      for (Object text : (Object[]) array.getArray()) {
        texts.add(String.valueOf(text));
      }
    }
    return texts;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  private static RestError missing(String function, Set<String> keys) {
    String names = String.join(", ", keys);
    String searched =
        switch (keys.size()) {
          case 0 -> "without parameters";
          case 1 -> "with parameter " + names;
          default -> "with parameters " + names;
        };
    return RestError.of(
        404,
        "PGRST202",
        "Could not find the function "
            + function
            + (keys.isEmpty() ? " without parameters" : "(" + names + ")")
            + " in the schema cache",
        "Searched for the function "
            + function
            + " "
            + searched
            + " or with a single unnamed json/jsonb parameter, but no matches were found in the"
            + " schema cache.",
        null);
  }
}
