package dev.backfill.testkit.postgrest;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connections of PostgREST, which reuses them: ten at most, for each of which a request waits. */
final class ConnectionPool implements AutoCloseable {

  private static final int MAX_CONNECTIONS = 10;
  private static final int ACQUISITION_TIMEOUT_SECONDS = 10;

  private final DataSource database;
  private final Semaphore permits = new Semaphore(MAX_CONNECTIONS, true);
  private final Deque<Connection> idle = new ArrayDeque<>();
  private boolean closed;

  ConnectionPool(DataSource database) {
    this.database = database;
  }

  /** Work with a connection. */
  interface Work<T extends @Nullable Object> {
    T run(Connection connection) throws SQLException, RestError;
  }

  /** Runs work in a transaction: commits it, or rolls it back if it throws. */
  <T extends @Nullable Object> T transaction(Work<T> work)
      throws SQLException, RestError, InterruptedException {
    if (!permits.tryAcquire(ACQUISITION_TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      throw RestError.of(504, "PGRST003", "Timed out acquiring connection from connection pool.");
    }
    try {
      Connection connection = acquire();
      boolean usable = false;
      try {
        T result = work.run(connection);
        connection.commit();
        usable = true;
        return result;
      } catch (SQLException e) {
        usable = rolledBack(connection, e);
        throw usable ? e : new ConnectionLost(e);
      } catch (RestError | RuntimeException e) {
        usable = rolledBack(connection, e);
        throw e;
      } finally {
        release(connection, usable);
      }
    } finally {
      permits.release();
    }
  }

  private Connection acquire() throws SQLException {
    for (Connection connection = nextIdle(); connection != null; connection = nextIdle()) {
      if (connection.isValid(ACQUISITION_TIMEOUT_SECONDS)) {
        connection.rollback();
        return connection;
      }
      connection.close();
    }
    try {
      Connection connection = database.getConnection();
      connection.setAutoCommit(false);
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
      return connection;
    } catch (SQLException e) {
      throw new Unreachable(e);
    }
  }

  private @Nullable Connection nextIdle() {
    synchronized (idle) {
      return idle.poll();
    }
  }

  private static boolean rolledBack(Connection connection, Exception cause) {
    try {
      connection.rollback();
      return true;
    } catch (SQLException e) {
      cause.addSuppressed(e);
      return false;
    }
  }

  private void release(Connection connection, boolean usable) throws SQLException {
    synchronized (idle) {
      if (usable && !closed) {
        idle.push(connection);
        return;
      }
    }
    connection.close();
  }

  @Override
  public void close() throws SQLException {
    synchronized (idle) {
      closed = true;
      for (Connection connection : idle) {
        connection.close();
      }
      idle.clear();
    }
  }

  /** A failure to connect. */
  static final class Unreachable extends SQLException {

    private static final long serialVersionUID = 1L;

    Unreachable(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
    }
  }

  /** The end of a connection within a transaction, which the database then rolls back. */
  static final class ConnectionLost extends SQLException {

    private static final long serialVersionUID = 1L;

    ConnectionLost(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
    }
  }
}
