package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.jdbc.internal.sql.TransactionRules;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.stream.Stream;

/** The dialects, by the names of their databases. */
public final class Dialects {

  /** Rules for a connection whose kind of database is not known yet. */
  public static final TransactionRules ANY =
      new TransactionRules() {
        @Override
        public boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
          Optional<Dialect> dialect = find(connection.getMetaData().getDatabaseProductName());
          return dialect.isPresent() && dialect.get().isUnderWay(connection, autoCommit);
        }
      };

  private Dialects() {}

  /**
   * Finds a dialect by the product's name.
   *
   * @param product the database's name, as its driver reports it
   * @return the dialect
   */
  public static Dialect of(String product) {
    return find(product)
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "The database is "
                        + product
                        + ", which backfill does not support. Use the URL of a PostgreSQL, H2 or"
                        + " SQLite database."));
  }

  private static Optional<Dialect> find(String product) {
    return switch (product) {
      case "PostgreSQL" -> Optional.of(new PostgresDialect());
      case "H2" -> Optional.of(new H2Dialect());
      case "SQLite" -> Optional.of(new SqliteDialect());
      default -> Optional.empty();
    };
  }

  /**
   * Finds a dialect by its name.
   *
   * @param name such as {@code postgresql}
   * @return the dialect
   */
  public static Dialect named(String name) {
    return Stream.<Dialect>of(new PostgresDialect(), new H2Dialect(), new SqliteDialect())
        .filter(dialect -> dialect.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InvalidConfigurationException(
                    "There are no scripts for \"" + name + "\". Use postgresql, h2 or sqlite."));
  }
}
