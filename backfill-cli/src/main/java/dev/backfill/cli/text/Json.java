package dev.backfill.cli.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.source.Total;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Common parts of JSON results: one object, an end of line, times in ISO-8601. */
public final class Json {

  private Json() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static String print(JsonNode node) {
    return node.toPrettyString() + System.lineSeparator();
  }

  public static @Nullable String instant(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  public static @Nullable Long total(Total total) {
    return total.isKnown() ? total.count() : null;
  }
}
