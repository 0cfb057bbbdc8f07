package dev.backfill.supabase.internal.history;

import dev.backfill.supabase.internal.http.RequestWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Items that a function of the host writes, as JSON objects.
 *
 * @param function writes items
 * @param mapper returns an item's fields
 * @param queries reads stored items; null if no function does
 */
public record FunctionSink<T>(
    String function, Function<? super T, ? extends Map<String, ?>> mapper, @Nullable String queries)
    implements RestSink<T> {

  @Override
  public RequestWriter writing(List<T> items) {
    return json ->
        json.object(
            "call",
            call ->
                call.field("function", function)
                    .array(
                        "items",
                        objects -> {
                          for (T item : items) {
                            objects.value(mapper.apply(item));
                          }
                        }));
  }

  @Override
  public @Nullable RequestWriter reading(String scope) {
    return queries == null
        ? null
        : json ->
            json.object("sink", sink -> sink.field("function", queries).field("scope", scope));
  }
}
