package dev.backfill.benchmarks.endtoend;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;

/** A data source that counts executions of statements; a batch counts once. */
final class CountingDataSource {

  private CountingDataSource() {}

  static DataSource of(DataSource source, AtomicLong executed) {
    return counting(DataSource.class, source, executed);
  }

  private static <T> T counting(Class<T> type, Object target, AtomicLong executed) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (target instanceof Statement && method.getName().startsWith("execute")) {
                executed.incrementAndGet();
              }
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (result instanceof Connection && target instanceof DataSource) {
                return counting(Connection.class, result, executed);
              }
              if (result instanceof PreparedStatement) {
                return counting(PreparedStatement.class, result, executed);
              }
              return result instanceof Statement && target instanceof Connection
                  ? counting(Statement.class, result, executed)
                  : result;
            }));
  }
}
