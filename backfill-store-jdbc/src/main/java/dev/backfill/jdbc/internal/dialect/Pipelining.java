package dev.backfill.jdbc.internal.dialect;

import dev.backfill.api.internal.history.Upsert;
import dev.backfill.api.internal.history.UpsertTable;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * The upserts of a database whose driver sends several statements, separated by semicolons, in one
 * round trip.
 */
public interface Pipelining {

  /**
   * Returns the template of a statement that writes rows of a table newer-wins. The statement
   * returns, for each written row, true if it was {@code inserted}.
   */
  String upsert(UpsertTable table);

  /**
   * Returns an expression that is not null. Its evaluation makes the server plan each later
   * statement of the transaction once for all values, instead of anew for every chunk.
   */
  String onePlan();

  /**
   * Sets the parameters of such a statement.
   *
   * @param statement contains it
   * @param from the index of its first parameter
   * @param upsert its table and rows
   * @return the index after its last parameter
   */
  int bind(PreparedStatement statement, int from, Upsert upsert) throws SQLException;
}
