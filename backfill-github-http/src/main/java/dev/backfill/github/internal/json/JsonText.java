package dev.backfill.github.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.api.history.Repository;
import dev.backfill.api.source.RejectedItem;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses responses token by token. An {@link IOException} means that the whole text is unusable; an
 * error of one item is kept with that item.
 */
public final class JsonText {

  /** The max length of a rejected item's text, kept for users to inspect. */
  public static final int MAX_PAYLOAD = 4000;

  /** GitHub's pages have at most a hundred items. */
  private static final int DEFAULT_LENGTH = 100;

  private static final int MAX_BYTES_OF_A_CHARACTER = 4;

  /** Shared, so that responses reuse names and buffers. */
  private static final JsonFactory FACTORY = JsonFactories.create();

  private JsonText() {}

  /** A text that can be read from its start any number of times. */
  public interface Source {

    /**
     * Returns its bytes if they are at hand as a whole and are valid UTF-8; else null. Callers must
     * not modify them.
     */
    byte @Nullable [] bytes() throws IOException;

    /** Opens it as characters; invalid UTF-8 becomes U+FFFD. */
    Reader open() throws IOException;
  }

  private static JsonParser parser(Source source) throws IOException {
    byte[] bytes = source.bytes();
    return bytes == null ? FACTORY.createParser(source.open()) : FACTORY.createParser(bytes);
  }

  /** Reads one object. */
  public static Values readObject(Source source, FieldPlan plan) throws IOException {
    try (JsonParser parser = parser(source)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(parser, "not an object");
      }
      Values values = new Values(plan).read(parser);
      expectEnd(parser);
      return values;
    }
  }

  /**
   * Reads a list of items.
   *
   * @param label the name of the list, for the key of an item without a readable one
   * @return a modifiable list
   */
  public static <T> List<ParsedItem<T>> readList(
      Source source, ItemMapper<T> mapper, Repository repository, String label) throws IOException {
    List<ParsedItem<T>> items = new ArrayList<>(DEFAULT_LENGTH);
    try (JsonParser parser = parser(source)) {
      if (parser.nextToken() != JsonToken.START_ARRAY) {
        throw new JsonParseException(parser, "not a list");
      }
      Values values = new Values(mapper.plan());
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token == null) {
          throw new JsonParseException(parser, "the list does not end");
        }
        JsonLocation start = parser.currentTokenLocation();
        Place place = new Place(parser, source, start, label, items.size());
        if (token == JsonToken.START_OBJECT) {
          items.add(map(values.read(parser), mapper, repository, place));
        } else {
          parser.skipChildren();
          items.add(
              ParsedItem.rejected(
                  null,
                  new RejectedItem(
                      place.key(),
                      "GitHub's item is malformed: it is not an object",
                      place.excerpt())));
        }
      }
      expectEnd(parser);
    }
    return items;
  }

  private static <T> ParsedItem<T> map(
      Values values, ItemMapper<T> mapper, Repository repository, Place place) throws IOException {
    Long id = null;
    boolean isSkipped = false;
    try {
      isSkipped = mapper.isOfOtherKind(values);
      id = values.integer("id");
      T item = mapper.map(values, repository);
      return isSkipped ? ParsedItem.skipped(id, item) : ParsedItem.of(id, item);
    } catch (InvalidItemException e) {
      if (isSkipped) {
        return ParsedItem.skipped(id, null);
      }
      String error = "GitHub's item is malformed: " + e.getMessage();
      return ParsedItem.rejected(
          id, new RejectedItem(key(values, mapper, place), error, place.excerpt()));
    }
  }

  /** Returns an item's own key if it can be read. */
  private static String key(Values values, ItemMapper<?> mapper, Place place) {
    try {
      values.integer("id");
      String key = mapper.key().of(values);
      return key == null ? place.key() : key;
    } catch (InvalidItemException e) {
      return place.key();
    }
  }

  /** An item's place in a list, for a possible rejection. */
  private record Place(
      JsonParser parser, Source source, JsonLocation start, String label, int index) {

    String key() {
      return KeyField.ofPlace(label, index);
    }

    /** Returns the item's text up to the parser's position; read again, since it was not kept. */
    String excerpt() throws IOException {
      JsonLocation end = parser.currentLocation();
      byte[] bytes = source.bytes();
      return bytes == null
          ? read(source, start.getCharOffset(), end.getCharOffset() - start.getCharOffset())
          : read(bytes, start.getByteOffset(), end.getByteOffset() - start.getByteOffset());
    }
  }

  /** Returns the beginning of a text, to be shown with its error. */
  public static String beginning(Source source) throws IOException {
    byte[] bytes = source.bytes();
    return bytes == null ? read(source, 0, MAX_PAYLOAD) : read(bytes, 0, bytes.length);
  }

  private static String read(Source source, long start, long length) throws IOException {
    try (Reader in = source.open()) {
      in.skip(start);
      char[] text = new char[(int) Math.max(0, Math.min(MAX_PAYLOAD, length))];
      int filled = 0;
      int count;
      while (filled < text.length && (count = in.read(text, filled, text.length - filled)) > 0) {
        filled += count;
      }
      return CleanText.of(new String(text, 0, filled));
    }
  }

  private static String read(byte[] bytes, long start, long length) {
    int from = (int) Math.max(0, Math.min(bytes.length, start));
    int max = Math.min(MAX_PAYLOAD * MAX_BYTES_OF_A_CHARACTER, bytes.length - from);
    String text =
        new String(bytes, from, (int) Math.max(0, Math.min(max, length)), StandardCharsets.UTF_8);
    return CleanText.of(text.length() > MAX_PAYLOAD ? text.substring(0, MAX_PAYLOAD) : text);
  }

  private static void expectEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "more text after the end");
    }
  }
}
