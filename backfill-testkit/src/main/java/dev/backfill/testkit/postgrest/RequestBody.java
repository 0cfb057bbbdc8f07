package dev.backfill.testkit.postgrest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A request's JSON body, checked as far as PostgREST checks it.
 *
 * @param text the body
 * @param keys the keys of the object, or of each object of the array
 * @param scalar true if the body is neither an object nor an array
 */
record RequestBody(String text, SortedSet<String> keys, boolean scalar) {

  private static final JsonFactory FACTORY = new JsonFactory();

  static RequestBody parse(byte[] body) throws RestError {
    String text = new String(body, StandardCharsets.UTF_8);
    if (body.length == 0) {
      // PostgREST leaves an empty body to the database.
      return new RequestBody(text, new TreeSet<>(), false);
    }
    try (JsonParser parser = FACTORY.createParser(body)) {
      SortedSet<String> keys = new TreeSet<>();
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw invalid();
      }
      switch (first) {
        case START_OBJECT -> keys = object(parser);
        case START_ARRAY -> keys = array(parser);
        default -> value(parser);
      }
      if (parser.nextToken() != null) {
        throw invalid();
      }
      return new RequestBody(text, keys, first.isScalarValue());
    } catch (IOException e) {
      throw invalid();
    }
  }

  private static SortedSet<String> object(JsonParser parser) throws IOException, RestError {
    SortedSet<String> keys = new TreeSet<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      keys.add(checked(parser.currentName()));
      parser.nextToken();
      value(parser);
    }
    return keys;
  }

  private static SortedSet<String> array(JsonParser parser) throws IOException, RestError {
    SortedSet<String> keys = new TreeSet<>();
    boolean alike = true;
    for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        value(parser);
        alike = false;
        continue;
      }
      SortedSet<String> each = object(parser);
      alike = alike && (i == 0 || each.equals(keys));
      keys = each;
    }
    if (!alike) {
      throw RestError.of(400, "PGRST102", "All object keys must match");
    }
    return keys;
  }

  /** Reads a value to its end. */
  private static void value(JsonParser parser) throws IOException, RestError {
    int depth = 0;
    do {
      JsonToken token = parser.currentToken();
      if (token == null) {
        throw invalid();
      }
      if (token.isStructStart()) {
        depth++;
      } else if (token.isStructEnd()) {
        depth--;
      } else if (token == JsonToken.VALUE_STRING || token == JsonToken.FIELD_NAME) {
        checked(parser.getText());
      }
    } while (depth > 0 && advance(parser));
  }

  private static boolean advance(JsonParser parser) throws IOException {
    parser.nextToken();
    return true;
  }

  /** Refuses a text with half of a surrogate pair, which PostgREST's parser refuses. */
  private static String checked(String text) throws RestError {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        throw invalid();
      }
    }
    return text;
  }

  private static RestError invalid() {
    return RestError.of(400, "PGRST102", "Empty or invalid json");
  }
}
