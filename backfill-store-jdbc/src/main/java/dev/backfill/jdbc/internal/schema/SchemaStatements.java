package dev.backfill.jdbc.internal.schema;

import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Tables;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The statements that make the tables, in one dialect and with the tables' names. */
final class SchemaStatements {

  /** Finds its quarry in a script before the names are put in. */
  private static final Pattern TABLE =
      Pattern.compile("CREATE TABLE IF NOT EXISTS \\$\\{schema}\\$\\{prefix}(\\w+)");

  private static final Pattern VIEW =
      Pattern.compile("CREATE OR REPLACE VIEW \\$\\{schema}\\$\\{prefix}(\\w+)");

  private static final Pattern PLACEHOLDERS_EXPLAINED = Pattern.compile("(?m)^--.*\\$\\{.*\\R");

  private final Dialect dialect;
  private final Tables tables;

  SchemaStatements(Dialect dialect, Tables tables) {
    this.dialect = dialect;
    this.tables = tables;
  }

  /** Makes the table of versions as its first release did; later scripts add to it. */
  String createVersionTable() {
    return tables.sql(
        "CREATE TABLE IF NOT EXISTS {backfill_schema_version} (version integer PRIMARY KEY,"
            + " installed_at {timestamp} NOT NULL)");
  }

  /** What a script does, a statement at a time. */
  List<String> of(SchemaVersion version) {
    return List.of(named(template(version)).strip().split(";\\s*(\\R|$)"));
  }

  /** A script with its comments, but for those about placeholders. */
  String text(SchemaVersion version) {
    return named(PLACEHOLDERS_EXPLAINED.matcher(template(version)).replaceAll(""));
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
    return Resource.text("schema/" + dialect.scripts() + "/" + version.script());
  }
}
