package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.schema.SchemaText;
import dev.backfill.jdbc.internal.sql.Tables;

/**
 * The schema as SQL texts, for hosts that change their database only by their own migrations. Once
 * such a text was applied, {@link JdbcStore#installSchema()} does nothing.
 *
 * <p>Stateless and safe for any number of threads.
 */
public final class SchemaScripts {

  private SchemaScripts() {}

  /**
   * Returns the script that creates the tables in an empty database. For PostgreSQL and H2 the
   * script also upgrades the tables of an older release, and can be applied again. For SQLite it
   * can be applied once.
   *
   * @param dialect {@code postgresql}, {@code h2} or {@code sqlite}
   * @param names the names of the tables
   * @return statements that end in semicolons, with comments
   * @throws InvalidConfigurationException if there is no such dialect, or it has no schemas and the
   *     names contain one
   */
  public static String create(String dialect, TableNames names) {
    return text(Dialects.named(dialect), names).script();
  }

  /**
   * Returns the migration for a Supabase project: the PostgreSQL script, row-level security with
   * grants for Supabase's roles, and the progress for Realtime. It can be applied again. In a
   * PostgreSQL without Supabase's roles and publication it only creates the tables.
   *
   * @param names the names of the tables
   * @return statements that end in semicolons, with comments
   */
  public static String supabase(TableNames names) {
    return text(Dialects.named("postgresql"), names).supabaseMigration();
  }

  private static SchemaText text(Dialect dialect, TableNames names) {
    return new SchemaText(dialect, tables(dialect, names));
  }

  /** Returns the names for a dialect, or throws if it cannot have them. */
  static Tables tables(Dialect dialect, TableNames names) {
    if (names.schema() != null && !dialect.hasSchemas()) {
      throw new InvalidConfigurationException(
          "The tables are to be in the schema "
              + names.schema()
              + ", and this database has no schemas. Use a table prefix instead.");
    }
    return new Tables(names.schema(), names.prefix(), dialect.expressions());
  }
}
