package dev.backfill.supabase.internal.history;

import dev.backfill.supabase.internal.http.JsonWriter;
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
    return calling(items.stream().<Map<String, ?>>map(mapper).toList());
  }

  @Override
  public List<RequestWriter> parts(List<T> items, long maxBytes) {
    Parts<Map<String, ?>> parts = new Parts<>(maxBytes);
    for (T item : items) {
      Map<String, ?> object = mapper.apply(item);
      parts.add(object, JsonWriter.bytes(object));
    }
    return parts.list().stream().map(this::calling).toList();
  }

  private RequestWriter calling(List<Map<String, ?>> items) {
    return json ->
        json.object(
            "call",
            call ->
                call.field("function", function)
                    .array(
                        "items",
                        objects -> {
                          for (Map<String, ?> item : items) {
                            objects.value(item);
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
