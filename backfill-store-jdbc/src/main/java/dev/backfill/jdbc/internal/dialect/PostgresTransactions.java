package dev.backfill.jdbc.internal.dialect;

import dev.backfill.jdbc.internal.sql.Statements;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Transactions in progress on PostgreSQL. Its own driver knows them without a round trip, including
 * those that began with a statement. With another driver the server is queried, where a transaction
 * counts from the first row that it writes or locks.
 */
final class PostgresTransactions {

  private static final String DRIVER_TYPE = "org.postgresql.core.BaseConnection";
  private static final String WRITTEN = "SELECT txid_current_if_assigned() IS NOT NULL";

  private volatile @Nullable Method state;

  boolean isUnderWay(Connection connection, boolean autoCommit) throws SQLException {
    String known = driverState(connection);
    return known == null
        ? !autoCommit && Statements.list(connection, WRITTEN, row -> row.getBoolean(1)).get(0)
        : !known.equals("IDLE");
  }

  /** Returns the driver's own state; null if the connection is another driver's. */
  private @Nullable String driverState(Connection connection) {
    try {
      Method method = state;
      if (method == null) {
        method = driverType(connection).getMethod("getTransactionState");
        state = method;
      }
      Class<?> type = method.getDeclaringClass();
      Object driver = connection.isWrapperFor(type) ? connection.unwrap(type) : null;
      // A wrapper may implement it by another wrapper.
      return type.isInstance(driver) ? String.valueOf(method.invoke(driver)) : null;
    } catch (ReflectiveOperationException | SQLException e) {
      return null;
    }
  }

  private static Class<?> driverType(Connection connection) throws ClassNotFoundException {
    return Stream.of(
            connection.getClass().getClassLoader(),
            Thread.currentThread().getContextClassLoader(),
            PostgresTransactions.class.getClassLoader())
        .flatMap(PostgresTransactions::driverType)
        .findFirst()
        .orElseThrow(() -> new ClassNotFoundException(DRIVER_TYPE));
  }

  private static Stream<Class<?>> driverType(@Nullable ClassLoader loader) {
    try {
      return Stream.of(Class.forName(DRIVER_TYPE, false, loader));
    } catch (ClassNotFoundException e) {
      return Stream.empty();
    }
  }
}
