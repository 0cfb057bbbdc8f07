package dev.backfill.testkit.fault;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source that counts JDBC calls and lets a chosen call fail once. Later calls work until a
 * new {@link FaultPlan} is set. Safe for any number of threads.
 *
 * <p>Counted are the calls that may reach the database: getting a connection, preparing and
 * executing statements, moving through results, committing, rolling back and switching auto-commit.
 * Closing, setting parameters and reading a row's columns are not counted.
 */
public final class FaultyDataSource {

  private static final Set<String> COUNTED =
      Set.of(
          "getConnection",
          "createStatement",
          "prepareStatement",
          "prepareCall",
          "execute",
          "executeQuery",
          "executeUpdate",
          "executeLargeUpdate",
          "executeBatch",
          "executeLargeBatch",
          "next",
          "commit",
          "rollback",
          "setAutoCommit");

  private final DataSource target;
  private final DataSource proxy;
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong executions = new AtomicLong();
  private final Object lock = new Object();
  private @Nullable FaultPlan plan;
  private long planned;
  private boolean fired;

  /**
   * Wraps a data source. Nothing fails until a plan is set.
   *
   * @param target the source of the connections
   */
  public FaultyDataSource(DataSource target) {
    this.target = Objects.requireNonNull(target, "target");
    this.proxy = proxy(DataSource.class, (self, method, args) -> connect(method, args));
  }

  /**
   * Returns the data source whose calls are counted and may fail.
   *
   * @return the data source for the code under test
   */
  public DataSource dataSource() {
    return proxy;
  }

  /**
   * Sets the next fault, and counts the plan's calls from 1 again.
   *
   * @param next the plan
   */
  public void plan(FaultPlan next) {
    synchronized (lock) {
      plan = Objects.requireNonNull(next, "next");
      planned = 0;
      fired = false;
    }
  }

  /** Removes the plan, so that nothing fails. */
  public void heal() {
    synchronized (lock) {
      plan = null;
    }
  }

  /**
   * Returns true if the fault of the last plan has happened.
   *
   * @return false if its call was not reached yet
   */
  public boolean fired() {
    synchronized (lock) {
      return fired;
    }
  }

  /**
   * Returns the number of calls.
   *
   * @return the calls since this was created
   */
  public long calls() {
    return calls.get();
  }

  /**
   * Returns the number of calls that executed a statement; a batch counts once.
   *
   * @return the executions since this was created
   */
  public long executions() {
    return executions.get();
  }

  private @Nullable Object connect(Method method, Object @Nullable [] args) throws Throwable {
    Object result = call(null, target, method, args);
    return result instanceof Connection connection ? wrap(connection) : result;
  }

  private Connection wrap(Connection connection) {
    return proxy(
        Connection.class,
        (self, method, args) -> {
          Object result = call(connection, connection, method, args);
          return result instanceof Statement statement
              ? wrap(connection, (Connection) self, statement)
              : result;
        });
  }

  private Statement wrap(Connection connection, Connection proxied, Statement statement) {
    Class<? extends Statement> type =
        statement instanceof CallableStatement
            ? CallableStatement.class
            : statement instanceof PreparedStatement ? PreparedStatement.class : Statement.class;
    return proxy(
        type,
        (self, method, args) -> {
          if (method.getName().equals("getConnection")) {
            return proxied;
          }
          Object result = call(connection, statement, method, args);
          return result instanceof ResultSet rows ? wrap(connection, rows) : result;
        });
  }

  private ResultSet wrap(Connection connection, ResultSet rows) {
    return proxy(ResultSet.class, (self, method, args) -> call(connection, rows, method, args));
  }

  private @Nullable Object call(
      @Nullable Connection connection, Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    if (!COUNTED.contains(method.getName())) {
      return invoke(target, method, args);
    }
    calls.incrementAndGet();
    if (method.getName().startsWith("execute")) {
      executions.incrementAndGet();
    }
    FaultPlan.Kind kind = due();
    if (kind == null) {
      return invoke(target, method, args);
    }
    switch (kind) {
      case THROW -> throw new SQLException("Planned fault before " + method.getName(), "57014");
      case CUT -> close(connection);
      case THROW_AFTER -> {
        Object result = invoke(target, method, args);
        close(connection != null ? connection : (Connection) result);
      }
    }
    throw new SQLException("Planned loss of the connection at " + method.getName(), "08006");
  }

  private FaultPlan.@Nullable Kind due() {
    synchronized (lock) {
      if (plan == null || ++planned != plan.call()) {
        return null;
      }
      fired = true;
      return plan.kind();
    }
  }

  private static void close(@Nullable Connection connection) throws SQLException {
    if (connection != null && !connection.isClosed()) {
      try {
        connection.unwrap(Connection.class).abort(Runnable::run);
      } catch (SQLException | AbstractMethodError e) {
        connection.close();
      }
    }
  }

  private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            FaultyDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
