package dev.backfill.jdbc.internal.sql;

import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work in a transaction of its own. Connections go back as they came, and a failure to roll
 * back or to close never hides the first one. A thread that was interrupted before finishes its
 * transaction and stays interrupted: some databases close their file when an interrupted thread
 * touches it.
 */
public final class Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  private final Connections connections;

  /** Creates it. */
  public Transactions(DataSource dataSource) {
    this.connections = new Connections(dataSource);
  }

  /**
   * What is done with a connection.
   *
   * @param <R> what comes of it
   */
  @FunctionalInterface
  public interface Work<R extends @Nullable Object> {
    /** Does it; neither commits nor closes. */
    R with(Connection connection) throws SQLException;
  }

  /**
   * Runs work in a transaction: all of it is stored, or nothing.
   *
   * @param action what is done, as a noun phrase for messages
   * @param work the work
   * @return what comes of it
   */
  public <R extends @Nullable Object> R run(String action, Work<R> work) {
    return with(action, borrowed -> borrowed.transaction(work, Connection::commit));
  }

  /**
   * Runs work in a transaction and takes it back.
   *
   * @param action what is done, as a noun phrase for messages
   * @param work the work
   * @return what came of it
   */
  public <R extends @Nullable Object> R rehearse(String action, Work<R> work) {
    return with(action, borrowed -> borrowed.transaction(work, Connection::rollback));
  }

  /**
   * Runs a single query.
   *
   * @param action what is done, as a noun phrase for messages
   * @param work the work; changes nothing
   * @return what comes of it
   */
  public <R extends @Nullable Object> R read(String action, Work<R> work) {
    return with(
        action,
        borrowed ->
            borrowed.connection.getAutoCommit()
                ? work.with(borrowed.connection)
                : borrowed.transaction(work, Connection::commit));
  }

  private <R extends @Nullable Object> R with(String action, Use<R> use) {
    boolean interrupted = Thread.interrupted();
    try (Borrowed borrowed = new Borrowed(connections.take())) {
      return use.of(borrowed);
    } catch (SQLException e) {
      throw SqlFailures.translate(action, e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What is done with a borrowed connection. */
  @FunctionalInterface
  private interface Use<R extends @Nullable Object> {
    R of(Borrowed borrowed) throws SQLException;
  }

  /** How a transaction whose work succeeded ends. */
  @FunctionalInterface
  private interface End {
    void of(Connection connection) throws SQLException;
  }

  /**
   * A connection on loan. What goes wrong after its work is done is nobody's concern but a log's.
   */
  private record Borrowed(Connection connection) implements AutoCloseable {

    <R extends @Nullable Object> R transaction(Work<R> work, End end) throws SQLException {
      boolean autoCommit = connection.getAutoCommit();
      if (autoCommit) {
        connection.setAutoCommit(false);
      }
      R result;
      try {
        result = work.with(connection);
        end.of(connection);
      } catch (SQLException | RuntimeException | Error e) {
        undo(autoCommit, e);
        throw e;
      }
      if (autoCommit) {
        restoreQuietly();
      }
      return result;
    }

    private void undo(boolean autoCommit, Throwable failure) {
      try {
        connection.rollback();
        if (autoCommit) {
          connection.setAutoCommit(true);
        }
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }

    private void restoreQuietly() {
      try {
        connection.setAutoCommit(true);
      } catch (SQLException e) {
        LOG.debug("A connection lost its way after its transaction was committed", e);
      }
    }

    @Override
    public void close() {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.debug("A connection could not be closed", e);
      }
    }
  }
}
