package dev.backfill.jdbc.internal.sql;

import dev.backfill.api.failure.BackfillException;
import java.nio.charset.Charset;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Transactions of the store, each for one piece of work. A connection is returned to the pool in
 * its original state. A failure to roll back or to close never hides the first failure. A thread
 * that was interrupted before finishes its transaction and stays interrupted, since some databases
 * close their file if an interrupted thread uses it.
 */
public final class Transactions {

  private static final Logger LOG = LoggerFactory.getLogger(Transactions.class);

  private final Connections connections;
  private final TransactionRules rules;
  private final @Nullable Charset narrow;

  /** True if some connection's default is stricter than READ COMMITTED. */
  private volatile boolean strict;

  /**
   * Creates it for single queries, while the kind of database is unknown.
   *
   * @param rules rules that hold for any database
   */
  public Transactions(DataSource dataSource, TransactionRules rules) {
    this(new Connections(dataSource), rules, null, false);
  }

  private Transactions(
      Connections connections, TransactionRules rules, @Nullable Charset narrow, boolean strict) {
    this.connections = connections;
    this.rules = rules;
    this.narrow = narrow;
    this.strict = strict;
  }

  /**
   * Returns the same connections, with transactions that are READ COMMITTED.
   *
   * @param known the rules of the database
   * @param level the isolation level of a connection, as {@link Connection} numbers them. Another
   *     connection may have another level; its first serialization failure reveals that
   * @param encoding the server's encoding if it lacks characters, else null
   */
  public Transactions readCommitted(TransactionRules known, int level, @Nullable Charset encoding) {
    return new Transactions(
        connections, known, encoding, level != Connection.TRANSACTION_READ_COMMITTED);
  }

  /**
   * Work with a connection.
   *
   * @param <R> the type of the result
   */
  @FunctionalInterface
  public interface Work<R extends @Nullable Object> {
    /** Does the work; neither commits nor closes. */
    R with(Connection connection) throws SQLException;
  }

  /**
   * Runs work in a transaction: stores all of it, or nothing.
   *
   * @param action the action, as a noun phrase for messages
   * @param work the work
   * @return the result of the work
   */
  public <R extends @Nullable Object> R run(String action, Work<R> work) {
    return with(action, borrowed -> borrowed.transaction(isolation(), work, Connection::commit));
  }

  /**
   * Runs work in a transaction and rolls it back.
   *
   * @param action the action, as a noun phrase for messages
   * @param work the work
   * @return the result of the work
   */
  public <R extends @Nullable Object> R tryWrite(String action, Work<R> work) {
    return with(action, borrowed -> borrowed.transaction(isolation(), work, Connection::rollback));
  }

  /**
   * Rolls back the work so far, so that it can begin again.
   *
   * @param connection the connection of the work
   */
  public void again(Connection connection) throws SQLException {
    connection.rollback();
    isolation().first(connection);
  }

  /**
   * Runs a single query.
   *
   * @param action the action, as a noun phrase for messages
   * @param work the work; changes nothing
   * @return the result of the work
   */
  public <R extends @Nullable Object> R read(String action, Work<R> work) {
    return with(
        action,
        borrowed ->
            borrowed.connection.getAutoCommit()
                ? work.with(borrowed.connection)
                : borrowed.transaction(isolation(), work, Connection::commit));
  }

  private Isolation isolation() {
    return strict ? rules.isolation() : Isolation.AS_IT_IS;
  }

  private <R extends @Nullable Object> R with(String action, Use<R> use) {
    boolean interrupted = Thread.interrupted();
    try (Borrowed borrowed = new Borrowed(connections.take(action, rules));
        StoredText.Scope text = StoredText.writingTo(narrow)) {
      return use.of(borrowed);
    } catch (SQLException e) {
      strict |= SqlFailures.isSerialization(e);
      throw SqlFailures.translate(action, e);
    } catch (BackfillException e) {
      strict |= SqlFailures.isSerialization(e.getCause());
      throw e;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The use of a borrowed connection. */
  @FunctionalInterface
  private interface Use<R extends @Nullable Object> {
    R of(Borrowed borrowed) throws SQLException;
  }

  /** The end of a transaction whose work succeeded. */
  @FunctionalInterface
  private interface End {
    void of(Connection connection) throws SQLException;
  }

  /** A borrowed connection. A failure after its work is done is only logged. */
  private record Borrowed(Connection connection) implements AutoCloseable {

    <R extends @Nullable Object> R transaction(Isolation isolation, Work<R> work, End end)
        throws SQLException {
      Mode before = new Mode(connection.getAutoCommit(), isolation.begin(connection));
      R result;
      try {
        if (before.autoCommit) {
          connection.setAutoCommit(false);
        }
        isolation.first(connection);
        result = work.with(connection);
        end.of(connection);
      } catch (SQLException | RuntimeException | Error e) {
        undo(before, e);
        throw e;
      }
      restoreQuietly(before);
      return result;
    }

    private void undo(Mode before, Throwable failure) {
      try {
        connection.rollback();
        before.restore(connection);
      } catch (SQLException e) {
        failure.addSuppressed(e);
      }
    }

    private void restoreQuietly(Mode before) {
      try {
        before.restore(connection);
      } catch (SQLException e) {
        LOG.debug("A connection could not be restored after its transaction was committed", e);
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

  /** The state of a connection before its transaction. */
  private record Mode(boolean autoCommit, int isolation) {

    void restore(Connection connection) throws SQLException {
      if (autoCommit) {
        connection.setAutoCommit(true);
      }
      Isolation.restore(connection, isolation);
    }
  }
}
