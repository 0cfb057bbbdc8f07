package dev.backfill.jdbc.internal.dialect;

import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * What a database whose driver sends several statements, separated by semicolons, in one round trip
 * needs to know of upserts.
 */
public interface Pipelining {

  /**
   * The template of a statement that writes rows of a table newer-wins, and returns for each row
   * that was written whether it was {@code inserted}.
   */
  String upsert(UpsertTable table);

  /**
   * An expression that is not null, whose evaluation makes the server plan each of the statements
   * that follow in the transaction once for all values, instead of anew for every chunk.
   */
  String onePlan();

  /**
   * Sets the parameters of such a statement.
   *
   * @param statement has it somewhere in it
   * @param from the index of its first parameter
   * @param upsert its table and rows
   * @return the index after its last parameter
   */
  int bind(PreparedStatement statement, int from, Upsert upsert) throws SQLException;
}
