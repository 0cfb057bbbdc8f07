package dev.backfill.jdbc.internal.schema;

import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.sql.Tables;
import java.util.stream.Collectors;

/** The whole schema as one text, with the same result in an empty database as the installation. */
public final class SchemaText {

  private final SchemaStatements statements;
  private final Tables tables;

  /** Creates it. */
  public SchemaText(Dialect dialect, Tables tables) {
    this.statements = new SchemaStatements(dialect, tables);
    this.tables = tables;
  }

  /**
   * Returns tables, indexes and views; then the versions, so that half a run does not count as a
   * whole.
   */
  public String script() {
    StringBuilder text = new StringBuilder();
    if (tables.schema() != null) {
      text.append("CREATE SCHEMA IF NOT EXISTS ").append(tables.schema()).append(";\n\n");
    }
    text.append(statements.createVersionTable()).append(";\n\n");
    for (SchemaVersion version : SchemaVersion.ALL) {
      text.append(statements.text(version).strip()).append("\n\n");
    }
    return text.append(versions()).toString();
  }

  /**
   * Returns the script, the access rules of a Supabase project, the functions for calls over REST,
   * and the progress for Realtime.
   */
  public String supabaseMigration() {
    SupabaseAccess access = new SupabaseAccess(statements);
    return "-- Backfill's tables for a Supabase project. Can be applied again, and to any PostgreSQL.\n\n"
        + script()
        + "\n"
        + access.protect(SchemaVersion.ALL)
        + ";\n\n"
        + access.publish()
        + ";\n\n"
        + String.join("\n\n", new SupabaseFunctions(statements).statements())
        + "\n\n"
        + SupabaseFunctions.RELOAD
        + "\n";
  }

  private String versions() {
    return SchemaVersion.ALL.stream().map(this::version).collect(Collectors.joining());
  }

  private String version(SchemaVersion version) {
    boolean says = version.number() >= SchemaVersion.FIRST_WITH_COMPATIBILITY;
    return tables.sql("INSERT INTO {backfill_schema_version} (version, installed_at")
        + (says ? ", compatible_from)\n" : ")\n")
        + tables.sql("SELECT " + version.number() + ", {now}")
        + (says ? ", " + version.compatibleFrom() + "\n" : "\n")
        + tables.sql("WHERE NOT EXISTS (SELECT 1 FROM {backfill_schema_version} WHERE version = ")
        + version.number()
        + ");\n";
  }
}
