package dev.backfill.jdbc.internal.schema;

import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Tables;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The statements that create the tables, in one dialect and with the tables' names. All databases
 * share the scripts, with placeholders for tables, for {@linkplain Dialect#types types} and for the
 * prefix of an index, which is in the schema of its table.
 */
public final class SchemaStatements {

  /** The pattern of a table in a script whose placeholders are not replaced yet. */
  private static final Pattern TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS \\{(\\w+)}");

  private static final Pattern VIEW = Pattern.compile("CREATE OR REPLACE VIEW \\{(\\w+)}");

  private final Dialect dialect;
  private final Tables tables;
  private final Tables definitions;

  /** Creates it. */
  public SchemaStatements(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
    Map<String, String> types = new HashMap<>(dialect.types());
    types.put("prefix", tables.prefix());
    this.definitions = new Tables(tables.schema(), tables.prefix(), types);
  }

  /** Returns the statement for the table of versions in its first form; later scripts add to it. */
  String createVersionTable() {
    return definitions.sql(
        "CREATE TABLE IF NOT EXISTS {backfill_schema_version} (version integer PRIMARY KEY,"
            + " installed_at {timestamp} NOT NULL)");
  }

  /** Returns the statements of a version's scripts. */
  List<String> of(SchemaVersion version) {
    return List.of(text(version).strip().split(";\\s*(\\R|$)"));
  }

  /** Returns a version's scripts, with their comments. */
  public String text(SchemaVersion version) {
    return definitions.sql(template(version));
  }

  /** Returns the tables that scripts create, without schema and prefix. */
  List<String> tablesOf(List<SchemaVersion> versions) {
    List<String> names = new ArrayList<>(found(TABLE, versions));
    if (versions.contains(SchemaVersion.ALL.get(0))) {
      names.add("backfill_schema_version");
    }
    return names;
  }

  /** Returns the views that scripts create or replace, without schema and prefix. */
  List<String> viewsOf(List<SchemaVersion> versions) {
    return found(VIEW, versions);
  }

  /** Returns a text with the tables' names in place of its placeholders. */
  String named(String template) {
    return template.replace("${schema}", tables.qualifier()).replace("${prefix}", tables.prefix());
  }

  private List<String> found(Pattern pattern, List<SchemaVersion> versions) {
    return versions.stream()
        .flatMap(version -> pattern.matcher(template(version)).results())
        .map((MatchResult match) -> match.group(1))
        .distinct()
        .toList();
  }

  private String template(SchemaVersion version) {
    return version.scripts().stream().map(this::script).collect(Collectors.joining("\n"));
  }

  /** Returns the dialect's own form of a script, or else that of all databases. */
  private String script(String name) {
    String own = name.replace(".sql", "." + dialect.name() + ".sql");
    return Resource.find("schema/" + own).orElseGet(() -> Resource.text("schema/" + name));
  }
}
