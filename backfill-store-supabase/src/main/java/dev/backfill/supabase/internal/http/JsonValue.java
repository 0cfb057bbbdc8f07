package dev.backfill.supabase.internal.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An immutable JSON value of an answer. A missing field is JSON's null. Numbers keep all digits of
 * 64 bits.
 */
public final class JsonValue {

  /**
   * With its own pool of buffers: Jackson's default is a ThreadLocal, which hosts cannot unload.
   */
  static final JsonFactory FACTORY =
      JsonFactory.builder().recyclerPool(JsonRecyclerPools.newConcurrentDequePool()).build();

  /** JSON's null. */
  public static final JsonValue NULL = new JsonValue(null);

  private final @Nullable Object value;

  private JsonValue(@Nullable Object value) {
    this.value = value;
  }

  /**
   * Parses a text in UTF-8.
   *
   * @throws IOException if it is not one JSON value
   */
  public static JsonValue parse(byte[] text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return whole(parser);
    }
  }

  /**
   * Parses a text.
   *
   * @throws IOException if it is not one JSON value
   */
  public static JsonValue parse(String text) throws IOException {
    try (JsonParser parser = FACTORY.createParser(text)) {
      return whole(parser);
    }
  }

  private static JsonValue whole(JsonParser parser) throws IOException {
    if (parser.nextToken() == null) {
      throw new IOException("the text is empty");
    }
    JsonValue value = read(parser);
    if (parser.nextToken() != null) {
      throw new IOException("there is more than one JSON value");
    }
    return value;
  }

  private static JsonValue read(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_STRING -> new JsonValue(parser.getText());
      case VALUE_NUMBER_INT ->
          parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER
              ? new JsonValue(parser.getDecimalValue())
              : new JsonValue(parser.getLongValue());
      case VALUE_NUMBER_FLOAT -> new JsonValue(parser.getDecimalValue());
      case VALUE_TRUE -> new JsonValue(Boolean.TRUE);
      case VALUE_FALSE -> new JsonValue(Boolean.FALSE);
      case VALUE_NULL -> NULL;
      default -> throw new IOException("unexpected " + token);
    };
  }

  private static JsonValue object(JsonParser parser) throws IOException {
    Map<String, JsonValue> fields = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, read(parser));
    }
    return new JsonValue(Collections.unmodifiableMap(fields));
  }

  private static JsonValue array(JsonParser parser) throws IOException {
    List<JsonValue> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(read(parser));
    }
    return new JsonValue(Collections.unmodifiableList(elements));
  }

  /** Returns a field of an object; null's value if it is missing. */
  public JsonValue get(String name) {
    if (value == null) {
      return NULL;
    }
    if (value instanceof Map<?, ?> fields) {
      return fields.get(name) instanceof JsonValue field ? field : NULL;
    }
    throw unexpected("an object with the field " + name);
  }

  /** Returns the elements of an array, mapped; none of null. */
  public <T> List<T> list(Function<JsonValue, T> element) {
    if (value == null) {
      return List.of();
    }
    if (value instanceof List<?> elements) {
      List<T> list = new ArrayList<>(elements.size());
      for (Object each : elements) {
        list.add(element.apply((JsonValue) each));
      }
      return List.copyOf(list);
    }
    throw unexpected("an array");
  }

  /** Returns the names of an object's fields, in their order. */
  public List<String> names() {
    if (value instanceof Map<?, ?> fields) {
      return fields.keySet().stream().map(String::valueOf).toList();
    }
    throw unexpected("an object");
  }

  /** Returns true if this is JSON's null, or a missing field. */
  public boolean isNull() {
    return value == null;
  }

  /** Returns a text. */
  public String text() {
    if (value instanceof String text) {
      return text;
    }
    throw unexpected("a text");
  }

  /** Returns a text, or null. */
  public @Nullable String textOrNull() {
    return value == null ? null : text();
  }

  /** Returns a whole number of 64 bits. */
  public long number() {
    if (value instanceof Long number) {
      return number;
    }
    throw unexpected("a whole number");
  }

  /** Returns a whole number, or null. */
  public @Nullable Long numberOrNull() {
    return value == null ? null : Long.valueOf(number());
  }

  /** Returns a whole number of 32 bits. */
  public int integer() {
    return Math.toIntExact(number());
  }

  /** Returns true or false. */
  public boolean bool() {
    if (value instanceof Boolean bool) {
      return bool;
    }
    throw unexpected("true or false");
  }

  /** Returns a time. */
  public Instant instant() {
    return Instant.parse(text());
  }

  /** Returns a time, or null. */
  public @Nullable Instant instantOrNull() {
    return value == null ? null : instant();
  }

  private IllegalStateException unexpected(String expected) {
    String found = value == null ? "null" : value.getClass().getSimpleName();
    return new IllegalStateException("The answer has " + found + " in place of " + expected + ".");
  }

  /** Returns the kind of value; never its content, which may be large or private. */
  @Override
  public String toString() {
    return value == null ? "null" : value.getClass().getSimpleName();
  }
}
