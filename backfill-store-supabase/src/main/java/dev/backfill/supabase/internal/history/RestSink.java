package dev.backfill.supabase.internal.history;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.store.Sink;
import dev.backfill.api.store.SinkCounts;
import dev.backfill.api.store.SinkTransaction;
import dev.backfill.supabase.internal.http.RequestWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sink whose items the database writes, in the call that commits them.
 *
 * @param <T> the kind of item
 */
public sealed interface RestSink<T> extends Sink<T> permits TableSink, FunctionSink {

  /**
   * Returns the fields of a request that writes items.
   *
   * @param items not empty
   */
  RequestWriter writing(List<T> items);

  /**
   * Returns the fields of several requests that write items together, in this order.
   *
   * @param items not empty
   * @param maxBytes the max size of one of them, which a single row may exceed
   */
  List<RequestWriter> parts(List<T> items, long maxBytes);

  /**
   * Returns the field of a request that reads stored items.
   *
   * @param scope the text that the target's items have in common
   * @return the field {@code sink}; null if this sink cannot read them
   */
  @Nullable RequestWriter reading(String scope);

  /**
   * Refuses to write by itself, since only {@link
   * dev.backfill.supabase.internal.progress.SupabaseProgressStore} has a call to join.
   */
  @Override
  default SinkCounts write(List<T> items, SinkTransaction transaction) {
    throw new InvalidConfigurationException(
        "The sink writes over Supabase's REST API, and the progress store does not. Nothing was"
            + " written. Use both with one SupabaseStore.");
  }

  /**
   * Returns a sink as one of this kind.
   *
   * @throws InvalidConfigurationException if it is another, whose writes could not join the call
   */
  static <T> RestSink<T> of(Sink<T> sink) {
    if (sink instanceof RestSink<T> known) {
      return known;
    }
    throw new InvalidConfigurationException(
        "The sink "
            + sink.getClass().getName()
            + " writes by itself, and cannot join a transaction over Supabase's REST API. Nothing"
            + " was written. Use SupabaseSink.rpc with a function of your own, or the store over"
            + " JDBC.");
  }
}
