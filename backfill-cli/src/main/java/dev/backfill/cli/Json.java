package dev.backfill.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.backfill.api.source.Total;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What the JSON results have in common: one object, an end of line, times in ISO. */
final class Json {

  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static String print(JsonNode node) {
    return node.toPrettyString() + System.lineSeparator();
  }

  static @Nullable String instant(@Nullable Instant instant) {
    return instant == null ? null : instant.toString();
  }

  static @Nullable Long total(Total total) {
    return total.isKnown() ? total.count() : null;
  }
}
