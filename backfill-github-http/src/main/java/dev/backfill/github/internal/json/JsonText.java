package dev.backfill.github.internal.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.backfill.api.history.Repository;
import dev.backfill.api.source.RejectedItem;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads answers token by token. An {@link IOException} means that the text as a whole is no good;
 * what is wrong with one item is kept with that item.
 */
public final class JsonText {

  /** How much of a rejected item is kept for a person to look at. */
  public static final int MAX_PAYLOAD = 4000;

  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /** A text that can be read from its start any number of times. */
  @FunctionalInterface
  public interface Source {

    Reader open() throws IOException;
  }

  /** Reads one object. */
  public static Values readObject(Source source, FieldPlan plan) throws IOException {
    try (JsonParser parser = FACTORY.createParser(source.open())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonParseException(parser, "not an object");
      }
      Values values = Values.read(parser, plan);
      expectEnd(parser);
      return values;
    }
  }

  /**
   * Reads a list of items; an empty text is an empty list.
   *
   * @param label where the list is from, for the key of an item that does not tell its own
   */
  public static <T> List<ParsedItem<T>> readList(
      Source source, ItemMapper<T> mapper, Repository repository, String label) throws IOException {
    List<ParsedItem<T>> items = new ArrayList<>();
    try (JsonParser parser = FACTORY.createParser(source.open())) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return items;
      }
      if (first != JsonToken.START_ARRAY) {
        throw new JsonParseException(parser, "not a list");
      }
      for (JsonToken token = parser.nextToken();
          token != JsonToken.END_ARRAY;
          token = parser.nextToken()) {
        if (token == null) {
          throw new JsonParseException(parser, "the list does not end");
        }
        long start = parser.currentTokenLocation().getCharOffset();
        String key = "page:" + label + "#" + items.size();
        if (token == JsonToken.START_OBJECT) {
          Values values = Values.read(parser, mapper.plan());
          items.add(map(values, mapper, repository, key, excerptTo(parser, source, start)));
        } else {
          parser.skipChildren();
          items.add(
              ParsedItem.rejected(
                  null,
                  new RejectedItem(
                      key,
                      "GitHub's item cannot be understood: it is no object",
                      excerptTo(parser, source, start).read())));
        }
      }
      expectEnd(parser);
    }
    return items;
  }

  private static <T> ParsedItem<T> map(
      Values values,
      ItemMapper<T> mapper,
      Repository repository,
      String fallbackKey,
      Excerpt excerpt)
      throws IOException {
    Long id = null;
    String key = fallbackKey;
    try {
      id = values.integer("id");
      Long number = values.integer(mapper.keyField());
      key = number == null ? fallbackKey : number.toString();
      return ParsedItem.of(id, mapper.map(values, repository));
    } catch (InvalidItemException e) {
      String error = "GitHub's item cannot be understood: " + e.getMessage();
      return ParsedItem.rejected(id, new RejectedItem(key, error, excerpt.read()));
    }
  }

  private static Excerpt excerptTo(JsonParser parser, Source source, long start) {
    long length = parser.currentLocation().getCharOffset() - start;
    return new Excerpt(source, start, (int) Math.max(0, Math.min(MAX_PAYLOAD, length)));
  }

  /** The beginning of a text, to be shown with what is wrong with it. */
  public static String beginning(Source source) throws IOException {
    return new Excerpt(source, 0, MAX_PAYLOAD).read();
  }

  /** Where an item stands; read once more if it is needed, since nobody kept it. */
  private record Excerpt(Source source, long start, int length) {

    String read() throws IOException {
      try (Reader in = source.open()) {
        in.skip(start);
        char[] text = new char[length];
        int filled = 0;
        int count;
        while (filled < length && (count = in.read(text, filled, length - filled)) > 0) {
          filled += count;
        }
        return CleanText.of(new String(text, 0, filled));
      }
    }
  }

  private static void expectEnd(JsonParser parser) throws IOException {
    if (parser.nextToken() != null) {
      throw new JsonParseException(parser, "more text after the end");
    }
  }
}
