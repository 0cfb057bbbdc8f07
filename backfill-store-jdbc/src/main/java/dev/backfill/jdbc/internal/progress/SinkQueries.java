package dev.backfill.jdbc.internal.progress;

import static dev.backfill.jdbc.internal.progress.BackfillTable.name;

import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import dev.backfill.api.store.BackfillId;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.jdbc.internal.sql.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads of the stored items of sinks, together with the quarantine. */
final class SinkQueries {

  private static final int QUARANTINE_PAGE = 500;

  private final Transactions calls;
  private final QuarantineTable quarantine;

  SinkQueries(Transactions calls, QuarantineTable quarantine) {
    this.calls = calls;
    this.quarantine = quarantine;
  }

  OptionalLong countKnown(BackfillId id, Sink<?> sink, String scope) {
    return calls.read(
        "the count of what is stored of " + name(id),
        c -> {
          OptionalLong stored = query(c, transaction -> sink.count(scope, transaction));
          return stored.isEmpty()
              ? stored
              : OptionalLong.of(stored.getAsLong() + onlyInQuarantine(c, id, sink, scope));
        });
  }

  private long onlyInQuarantine(Connection connection, BackfillId id, Sink<?> sink, String scope)
      throws SQLException {
    long only = 0;
    String after = "";
    while (true) {
      List<String> keys = quarantine.keysAfter(connection, id, after, QUARANTINE_PAGE);
      if (keys.isEmpty()) {
        return only;
      }
      only += keys.size() - stored(connection, sink, scope, keys).map(Set::size).orElse(0);
      after = keys.get(keys.size() - 1);
    }
  }

  Optional<String> difference(BackfillId id, Sink<?> sink, String scope) {
    return calls.read(
        "the comparison of what is stored of " + name(id),
        c -> query(c, transaction -> sink.difference(scope, transaction)));
  }

  Optional<List<String>> missing(BackfillId id, Sink<?> sink, String scope, List<String> keys) {
    if (keys.isEmpty()) {
      return Optional.of(List.of());
    }
    return calls.read(
        "the search for gaps of " + name(id),
        c -> {
          Optional<Set<String>> stored = stored(c, sink, scope, keys);
          if (stored.isEmpty()) {
            return Optional.<List<String>>empty();
          }
          List<String> absent = keys.stream().filter(key -> !stored.get().contains(key)).toList();
          Set<String> known = quarantine.known(c, id, absent);
          return Optional.of(absent.stream().filter(key -> !known.contains(key)).toList());
        });
  }

  private static Optional<Set<String>> stored(
      Connection connection, Sink<?> sink, String scope, List<String> keys) throws SQLException {
    return query(connection, transaction -> sink.stored(scope, keys, transaction));
  }

  @FunctionalInterface
  private interface Query<R> {
    R ask(SinkTransaction transaction) throws Exception;
  }

  private static <R> R query(Connection connection, Query<R> query) throws SQLException {
    try {
      return query.ask(new ConnectionTransaction(connection));
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
        "The sink failed to report its stored items ("
            + e
            + "). The history was not verified. Fix the sink and run again.",
        e);
  }
}
