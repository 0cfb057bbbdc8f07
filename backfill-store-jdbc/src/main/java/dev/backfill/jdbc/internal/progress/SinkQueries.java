package dev.backfill.jdbc.internal.progress;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.store.Sink;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Asks sinks what they have stored. */
final class SinkQueries {

  private SinkQueries() {}

  static OptionalLong count(Connection connection, Sink<?> sink, String scope) throws SQLException {
    return asking(() -> sink.count(scope, new ConnectionTransaction(connection)));
  }

  static Optional<Set<String>> stored(
      Connection connection, Sink<?> sink, String scope, List<String> keys) throws SQLException {
    return asking(() -> sink.stored(scope, keys, new ConnectionTransaction(connection)));
  }

  static Optional<String> difference(Connection connection, Sink<?> sink, String scope)
      throws SQLException {
    return asking(() -> sink.difference(scope, new ConnectionTransaction(connection)));
  }

  /** What is asked of a sink. */
  @FunctionalInterface
  private interface Question<R> {
    R answer() throws Exception;
  }

  private static <R> R asking(Question<R> question) throws SQLException {
    try {
      return question.answer();
    } catch (SQLException | BackfillException e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    } catch (Exception e) {
      throw failed(e);
    }
  }

  private static PermanentFailureException failed(Exception e) {
    return new PermanentFailureException(
        Reason.STORE_REFUSED,
        "The sink cannot say what it has stored ("
            + e
            + "), so the history was not verified; mend the sink and run again.",
        e);
  }
}
