package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.internal.dialect.Dialect;
import dev.backfill.jdbc.internal.dialect.Dialects;
import dev.backfill.jdbc.internal.schema.SchemaText;
import dev.backfill.jdbc.internal.sql.Tables;

/**
 * The tables as texts, for those who let nobody but their own migrations change a database. After
 * such a text has been applied, {@link JdbcStore#installSchema()} finds everything in its place and
 * does nothing.
 *
 * <p>Stateless and safe for any number of threads.
 */
public final class SchemaScripts {

  private SchemaScripts() {}

  /**
   * The script that makes the tables in an empty database. For PostgreSQL and H2 it also upgrades
   * those of an older release, and can be applied again; for SQLite it can be applied once.
   *
   * @param dialect {@code postgresql}, {@code h2} or {@code sqlite}
   * @param names where the tables are to be
   * @return statements that end in semicolons, with comments
   * @throws InvalidConfigurationException when there is no such dialect, or it has no schemas and
   *     the names say one
   */
  public static String create(String dialect, TableNames names) {
    return text(Dialects.named(dialect), names).script();
  }

  /**
   * The migration for a Supabase project: the PostgreSQL script, row-level security with grants for
   * Supabase's roles, and the progress for Realtime. It can be applied again, also to a PostgreSQL
   * without Supabase's roles and publication, where it only makes the tables.
   *
   * @param names where the tables are to be
   * @return statements that end in semicolons, with comments
   */
  public static String supabase(TableNames names) {
    return text(Dialects.named("postgresql"), names).supabaseMigration();
  }

  private static SchemaText text(Dialect dialect, TableNames names) {
    return new SchemaText(dialect, tables(dialect, names));
  }

  /** The names for a dialect, if it can have them. */
  static Tables tables(Dialect dialect, TableNames names) {
    if (names.schema() != null && !dialect.hasSchemas()) {
      throw new InvalidConfigurationException(
          "The tables are to be in the schema "
              + names.schema()
              + ", and this database has no schemas; use a table prefix instead.");
    }
    return new Tables(names.schema(), names.prefix(), dialect.expressions());
  }
}
