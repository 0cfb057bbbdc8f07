package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.schema.SchemaInstaller;
import dev.backfill.jdbc.internal.schema.Scripts;
import dev.backfill.jdbc.internal.sql.Tables;

/**
 * What {@link JdbcStore#installSchema()} would do, as text for those who apply definitions
 * themselves. Each text can be applied again, and afterwards {@code installSchema()} has nothing to
 * do. Stateless.
 */
public final class SchemaScripts {

  private static final String MIGRATION = "supabase/migrations/20261124000000_backfill.sql";

  private SchemaScripts() {}

  /**
   * The definitions for a database.
   *
   * @param product {@code PostgreSQL}, {@code H2} or {@code SQLite}
   * @param names where the tables are
   * @return statements, each ended by a semicolon
   * @throws InvalidConfigurationException when it is another database
   */
  public static String of(String product, TableNames names) {
    Dialect dialect = Dialects.of(product);
    return SchemaInstaller.script(
        dialect, new Tables(names.schema(), names.prefix(), dialect.expressions()));
  }

  /**
   * The migration for a Supabase project: tables and view in the schema {@code public}, row-level
   * security, grants, and progress published to Realtime. Roles and publications that are not there
   * are passed over, so that plain PostgreSQL takes it too.
   *
   * @return the migration's text
   */
  public static String supabase() {
    return Scripts.read(MIGRATION);
  }

  /** What the migration is made of; its file is compared with it. */
  static String supabaseParts() {
    return "-- Tables of backfill for a Supabase project; can be applied again.\n\n"
        + of("PostgreSQL", new TableNames("public", ""))
            .replace("CREATE SCHEMA IF NOT EXISTS public;\n\n", "")
        + "\n"
        + Scripts.read("supabase/security.sql");
  }

  /**
   * How the migration's file is called in {@code supabase/migrations}.
   *
   * @return the file's name, which begins with its time stamp
   */
  public static String supabaseFileName() {
    return MIGRATION.substring(MIGRATION.lastIndexOf('/') + 1);
  }
}
