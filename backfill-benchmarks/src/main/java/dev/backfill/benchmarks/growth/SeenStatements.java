package dev.backfill.benchmarks.growth;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** Connections that record the text of each executed prepared statement. */
final class SeenStatements {

  private final List<String> seen = new ArrayList<>();

  DataSource of(DataSource source) {
    return seeing(DataSource.class, source);
  }

  /**
   * Returns the statements since the last call, with their values, as PostgreSQL's driver writes
   * them.
   */
  List<String> taken() {
    List<String> taken = List.copyOf(seen);
    seen.clear();
    return taken;
  }

  private <T> T seeing(Class<T> type, Object target) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (target instanceof PreparedStatement && method.getName().startsWith("execute")) {
                seen.add(((PreparedStatement) target).unwrap(Statement.class).toString());
              }
              Object result;
              try {
                result = method.invoke(target, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              if (result instanceof Connection && target instanceof DataSource) {
                return seeing(Connection.class, result);
              }
              return result instanceof PreparedStatement
                  ? seeing(PreparedStatement.class, result)
                  : result;
            }));
  }
}
