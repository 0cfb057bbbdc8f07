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
 * The statements that make the tables, in one dialect and with the tables' names. All databases
 * have the same scripts, with placeholders for tables, for {@linkplain Dialect#types types} and for
 * the prefix of an index, which is in the schema of its table.
 */
public final class SchemaStatements {

  /** Finds its quarry in a script before the names are put in. */
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

  /** Makes the table of versions as its first release did; later scripts add to it. */
  String createVersionTable() {
    return definitions.sql(
        "CREATE TABLE IF NOT EXISTS {backfill_schema_version} (version integer PRIMARY KEY,"
            + " installed_at {timestamp} NOT NULL)");
  }

  /** What a version's scripts do, a statement at a time. */
  List<String> of(SchemaVersion version) {
    return List.of(text(version).strip().split(";\\s*(\\R|$)"));
  }

  /** A version's scripts, with their comments. */
  public String text(SchemaVersion version) {
    return definitions.sql(template(version));
  }

  /** The tables that scripts create, without schema and prefix. */
  List<String> tablesOf(List<SchemaVersion> versions) {
    List<String> names = new ArrayList<>(found(TABLE, versions));
    if (versions.contains(SchemaVersion.ALL.get(0))) {
      names.add("backfill_schema_version");
    }
    return names;
  }

  /** The views that scripts create or replace, without schema and prefix. */
  List<String> viewsOf(List<SchemaVersion> versions) {
    return found(VIEW, versions);
  }

  /** A text with the tables' names in the place of its placeholders. */
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

  /** The dialect's own form of a script, if there is one, or else that of all databases. */
  private String script(String name) {
    String own = name.replace(".sql", "." + dialect.name() + ".sql");
    return Resource.find("schema/" + own).orElseGet(() -> Resource.text("schema/" + name));
  }
}
