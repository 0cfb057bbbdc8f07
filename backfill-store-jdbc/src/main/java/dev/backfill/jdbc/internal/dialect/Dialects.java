package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.stream.Stream;

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

  /**
   * Finds a dialect by the folder of its scripts.
   *
   * @param name such as {@code postgresql}
   * @return the dialect
   */
  public static Dialect named(String name) {
    return Stream.<Dialect>of(new PostgresDialect(), new H2Dialect(), new SqliteDialect())
        .filter(dialect -> dialect.scripts().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "There are no scripts for \"" + name + "\"; say postgresql, h2 or sqlite."));
  }
}
