package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.failure.InvalidConfigurationException;

/** Finds the dialect of a database. */
public final class Dialects {

  private Dialects() {}

  /**
   * Finds a dialect.
   *
   * @param product the database's name, as its driver says
   * @return the dialect
   */
  public static Dialect of(String product) {
    return switch (product) {
      case "PostgreSQL" -> new PostgresDialect();
      case "H2" -> new H2Dialect();
      case "SQLite" -> new SqliteDialect();
      default ->
          throw new InvalidConfigurationException(
              "The database is "
                  + product
                  + "; backfill stores into PostgreSQL, H2 and SQLite. Give it the URL of one of these.");
    };
  }
}
