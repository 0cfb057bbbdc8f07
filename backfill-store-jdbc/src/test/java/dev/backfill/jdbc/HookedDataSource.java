package dev.backfill.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Runs something before a chosen statement, or the commit, of the work of one thread. */
final class HookedDataSource {

  private int remaining;
  private @Nullable Runnable hook;

  /** Work that is hooked. */
  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  /** The data source for the code under test. */
  DataSource of(DataSource target) {
    return proxy(DataSource.class, target);
  }

  /**
   * Runs the work, and the hook before its statement of that number; the commit counts too.
   *
   * @return false when the work has fewer statements
   */
  boolean before(int statement, Runnable hook, Work work) throws Exception {
    this.remaining = statement;
    this.hook = hook;
    work.run();
    boolean reached = this.hook == null;
    this.hook = null;
    return reached;
  }

  private void statement() {
    Runnable due = hook;
    if (due != null && --remaining == 0) {
      hook = null;
      due.run();
    }
  }

  private <T> T proxy(Class<T> type, T target) {
    InvocationHandler handler =
        (self, method, args) -> {
          if (method.getName().startsWith("execute") || method.getName().equals("commit")) {
            statement();
          }
          return wrapped(invoke(target, method, args));
        };
    return type.cast(
        Proxy.newProxyInstance(
            HookedDataSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private @Nullable Object wrapped(@Nullable Object result) {
    if (result instanceof Connection connection) {
      return proxy(Connection.class, connection);
    }
    if (result instanceof PreparedStatement statement) {
      return proxy(PreparedStatement.class, statement);
    }
    return result instanceof Statement statement ? proxy(Statement.class, statement) : result;
  }

  private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] args)
      throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
