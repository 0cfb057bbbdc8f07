package dev.backfill.jdbc.internal.dialect;

import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The facts about the database of a connection.
 *
 * @param dialect its dialect
 * @param driver the driver's name
 * @param isolation the default isolation of transactions, as {@link Connection} numbers it
 * @param encoding the server's encoding if it lacks characters, else null
 */
public record DatabaseFacts(
    Dialect dialect, String driver, int isolation, @Nullable Charset encoding) {

  /**
   * Queries a connection.
   *
   * @param connection an open connection
   * @return the facts
   * @throws SQLException if the database does not answer
   */
  public static DatabaseFacts of(Connection connection) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    Dialect dialect = Dialects.of(metaData.getDatabaseProductName());
    dialect.requireUsable(connection);
    return new DatabaseFacts(
        dialect,
        metaData.getDriverName(),
        connection.getTransactionIsolation(),
        dialect.narrowEncoding(connection));
  }
}
