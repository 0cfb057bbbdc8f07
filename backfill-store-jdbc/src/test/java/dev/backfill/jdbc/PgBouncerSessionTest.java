package dev.backfill.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the store must not rely on does break behind this pooler, so its tests there say much. */
@Timeout(60)
class PgBouncerSessionTest {

  private static final String BACKEND = "SELECT pg_backend_pid()";

  @Test
  void aServerSidePreparedStatementIsLostBetweenTransactions() throws SQLException {
    String url = PgBouncerDatabase.pooler().urlWithPreparedStatements() + "?prepareThreshold=1";
    try (Connection one = connect(url);
        PreparedStatement prepared = one.prepareStatement(BACKEND)) {
      String backend = value(prepared.executeQuery());
      one.commit();
      try (Connection other = inTransactionOn(backend)) {
        assertThatThrownBy(prepared::executeQuery)
            .isInstanceOf(SQLException.class)
            .hasMessageMatching("(?s).*prepared statement \"S_\\d+\" (does not|already) exist.*");
        one.rollback();
        other.rollback();
      }
    }
  }

  @Test
  void aSettingOfTheSessionIsLostAndReachesOthers() throws SQLException {
    try (Connection one = connect(PgBouncerDatabase.pooler().url())) {
      execute(one, "SET statement_timeout = '59s'");
      String backend = value(one, BACKEND);
      one.commit();
      try (Connection other = inTransactionOn(backend)) {
        assertThat(value(one, "SHOW statement_timeout")).isEqualTo("0");
        assertThat(value(other, "SHOW statement_timeout")).isEqualTo("59s");
        execute(other, "RESET statement_timeout");
        one.rollback();
        other.commit();
      }
    }
  }

  /** A client whose transaction has this connection to the server. */
  private static Connection inTransactionOn(String backend) throws SQLException {
    List<Connection> others = new ArrayList<>();
    while (true) {
      Connection client = connect(PgBouncerDatabase.pooler().url());
      if (value(client, BACKEND).equals(backend)) {
        for (Connection other : others) {
          other.rollback();
          other.close();
        }
        return client;
      }
      others.add(client);
    }
  }

  private static Connection connect(String url) throws SQLException {
    Connection connection = DriverManager.getConnection(url, "postgres", "");
    connection.setAutoCommit(false);
    return connection;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return value(statement.executeQuery(sql));
    }
  }

  private static String value(ResultSet result) throws SQLException {
    try (result) {
      result.next();
      return result.getString(1);
    }
  }
}
