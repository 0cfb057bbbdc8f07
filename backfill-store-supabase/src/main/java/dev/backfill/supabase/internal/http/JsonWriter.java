package dev.backfill.supabase.internal.http;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A writer of requests. It cleans every text as the JDBC store does: NUL characters are dropped,
 * and halves of surrogate pairs become U+FFFD.
 */
public final class JsonWriter {

  private static final char REPLACEMENT = '\uFFFD';

  private final JsonGenerator json;

  JsonWriter(JsonGenerator json) {
    this.json = json;
  }

  /** Writes a field with a text, or null. */
  public JsonWriter field(String name, @Nullable String value) throws IOException {
    json.writeFieldName(name);
    return value(value);
  }

  /** Writes a field with a number. */
  public JsonWriter field(String name, long value) throws IOException {
    json.writeNumberField(name, value);
    return this;
  }

  /** Writes a field with a number, or null. */
  public JsonWriter field(String name, @Nullable Long value) throws IOException {
    json.writeFieldName(name);
    return value(value);
  }

  /** Writes a field with true or false. */
  public JsonWriter field(String name, boolean value) throws IOException {
    json.writeBooleanField(name, value);
    return this;
  }

  /** Writes a field with a time, or null. */
  public JsonWriter field(String name, @Nullable Instant value) throws IOException {
    return field(name, value == null ? null : value.toString());
  }

  /** Writes a field with an array of texts. */
  public JsonWriter field(String name, Collection<String> values) throws IOException {
    json.writeArrayFieldStart(name);
    for (String each : values) {
      value(each);
    }
    json.writeEndArray();
    return this;
  }

  /** Writes a field with an object. */
  public JsonWriter object(String name, RequestWriter fields) throws IOException {
    json.writeFieldName(name);
    return object(fields);
  }

  /** Writes an object, as an element of an array. */
  public JsonWriter object(RequestWriter fields) throws IOException {
    json.writeStartObject();
    fields.write(this);
    json.writeEndObject();
    return this;
  }

  /** Writes a field with an array, whose elements follow until its end. */
  public JsonWriter array(String name, RequestWriter elements) throws IOException {
    json.writeFieldName(name);
    return array(elements);
  }

  /** Writes an array, as an element of another one. */
  public JsonWriter array(RequestWriter elements) throws IOException {
    json.writeStartArray();
    elements.write(this);
    json.writeEndArray();
    return this;
  }

  /** Writes an element: a text, a whole number, true or false, a time, null, a map or a list. */
  public JsonWriter value(@Nullable Object value) throws IOException {
    if (value == null) {
      json.writeNull();
    } else if (value instanceof String text) {
      json.writeString(clean(text));
    } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Boolean bool) {
      json.writeBoolean(bool);
    } else if (value instanceof Instant instant) {
      json.writeString(instant.toString());
    } else if (value instanceof Map<?, ?> fields) {
      json.writeStartObject();
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        json.writeFieldName(clean(String.valueOf(field.getKey())));
        value(field.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof Iterable<?> elements) {
      json.writeStartArray();
      for (Object each : elements) {
        value(each);
      }
      json.writeEndArray();
    } else {
      throw new IllegalArgumentException("a request cannot contain " + value.getClass());
    }
    return this;
  }

  /** Returns the number of bytes of an element. */
  public static long bytes(@Nullable Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JsonValue.FACTORY.createGenerator(bytes)) {
      new JsonWriter(json).value(value);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.size();
  }

  /** Returns a text that the database can store; the text itself if nothing changes. */
  public static String clean(String text) {
    int bad = firstBad(text);
    if (bad < 0) {
      return text;
    }
    StringBuilder clean = new StringBuilder(text.length());
    clean.append(text, 0, bad);
    for (int i = bad; i < text.length(); i++) {
      char c = text.charAt(i);
      if (isPair(text, i)) {
        clean.append(c).append(text.charAt(++i));
      } else if (Character.isSurrogate(c)) {
        clean.append(REPLACEMENT);
      } else if (c != 0) {
        clean.append(c);
      }
    }
    return clean.toString();
  }

  private static int firstBad(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == 0 || Character.isSurrogate(c) && !isPair(text, i)) {
        return i;
      }
      if (Character.isSurrogate(c)) {
        i++;
      }
    }
    return -1;
  }

  private static boolean isPair(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(i + 1));
  }
}
