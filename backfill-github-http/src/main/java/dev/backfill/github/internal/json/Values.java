package dev.backfill.github.internal.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.backfill.api.history.Account;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kept fields of one object, asked for by path and type. */
public final class Values {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** What stands for a value that no field of ours has: an object, a list, a number too large. */
  private enum Other {
    OBJECT,
    LIST,
    NUMBER
  }

  private static final String BOT_MARK = "[bot]";

  private final Map<String, Object> byPath = new HashMap<>();

  private Values() {}

  /** Reads the object whose start the parser is at, to its end. */
  static Values read(JsonParser parser, FieldPlan plan) throws IOException {
    Values values = new Values();
    values.collect(parser, plan);
    return values;
  }

  /** The kept fields of an object that has been read already. */
  public static Values of(JsonNode object, FieldPlan plan) {
    Values values = new Values();
    values.collect(object, plan);
    return values;
  }

  private void collect(JsonNode object, FieldPlan plan) {
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String path = plan.pathOf(field.getKey());
      FieldPlan within = plan.within(field.getKey());
      JsonNode value = field.getValue();
      if (path == null || value.isNull()) {
        continue;
      }
      byPath.put(path, kept(value));
      if (value.isObject() && within != null) {
        collect(value, within);
      }
    }
  }

  private static Object kept(JsonNode value) {
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      return value.longValue();
    }
    return value.isObject() ? Other.OBJECT : value.isArray() ? Other.LIST : Other.NUMBER;
  }

  private void collect(JsonParser parser, FieldPlan plan) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      JsonToken token = parser.nextToken();
      String path = plan.pathOf(name);
      FieldPlan within = plan.within(name);
      if (path == null) {
        parser.skipChildren();
      } else if (token == JsonToken.START_OBJECT && within != null) {
        byPath.put(path, Other.OBJECT);
        collect(parser, within);
      } else {
        keep(parser, token, path);
      }
    }
  }

  private void keep(JsonParser parser, JsonToken token, String path) throws IOException {
    switch (token) {
      case VALUE_STRING -> byPath.put(path, parser.getText());
      case VALUE_TRUE -> byPath.put(path, Boolean.TRUE);
      case VALUE_FALSE -> byPath.put(path, Boolean.FALSE);
      case VALUE_NUMBER_INT -> byPath.put(path, integer(parser));
      case VALUE_NUMBER_FLOAT -> byPath.put(path, Other.NUMBER);
      case START_OBJECT -> {
        byPath.put(path, Other.OBJECT);
        parser.skipChildren();
      }
      case START_ARRAY -> {
        byPath.put(path, Other.LIST);
        parser.skipChildren();
      }
      default -> byPath.remove(path);
    }
  }

  private static Object integer(JsonParser parser) throws IOException {
    try {
      return parser.getLongValue();
    } catch (InputCoercionException e) {
      return Other.NUMBER;
    }
  }

  public @Nullable String text(String path) throws InvalidItemException {
    String text = as(String.class, path, "a text");
    return text == null ? null : CleanText.of(text);
  }

  public String requiredText(String path) throws InvalidItemException {
    return required(text(path), path);
  }

  public String textOrEmpty(String path) throws InvalidItemException {
    String text = text(path);
    return text == null ? "" : text;
  }

  public @Nullable Long integer(String path) throws InvalidItemException {
    return as(Long.class, path, "a whole number of 64 bits");
  }

  /** A number that may be written as a text, since it may have more bits than a JSON number. */
  public long requiredBigInteger(String path) throws InvalidItemException {
    if (!(byPath.get(path) instanceof String text)) {
      return requiredInteger(path);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidItemException(path + " is not a whole number of 64 bits");
    }
  }

  public long requiredInteger(String path) throws InvalidItemException {
    return required(integer(path), path);
  }

  /** A number such as a pull request's: positive and of 32 bits. */
  public int requiredNumber(String path) throws InvalidItemException {
    return bounded(path, 1);
  }

  public int requiredCount(String path) throws InvalidItemException {
    return bounded(path, 0);
  }

  private int bounded(String path, int least) throws InvalidItemException {
    long value = requiredInteger(path);
    if (value < least || value > Integer.MAX_VALUE) {
      throw new InvalidItemException(path + " is " + value + ", which is out of range");
    }
    return (int) value;
  }

  public boolean flag(String path) throws InvalidItemException {
    return Boolean.TRUE.equals(as(Boolean.class, path, "true or false"));
  }

  public @Nullable Instant time(String path) throws InvalidItemException {
    String text = text(path);
    if (text == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (!time.isBefore(EARLIEST) && !time.isAfter(LATEST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Said below.
    }
    throw new InvalidItemException(path + " is no time that can be stored");
  }

  public Instant requiredTime(String path) throws InvalidItemException {
    return required(time(path), path);
  }

  /** An account; null when the field is null or absent, or tells neither number nor name. */
  public @Nullable Account account(String path) throws InvalidItemException {
    Object value = byPath.get(path);
    if (value == null) {
      return null;
    }
    if (value != Other.OBJECT) {
      throw new InvalidItemException(path + " is no object");
    }
    Long id = integer(path + ".id");
    String login = text(path + ".login");
    if (id == null || login == null || login.isBlank()) {
      return null;
    }
    String type = text(path + ".type");
    return new Account(id, login, type == null || type.isBlank() ? "User" : type);
  }

  /** Who did something, as GraphQL tells it; null when the account was deleted. */
  public @Nullable Account actor(String path) throws InvalidItemException {
    Long id = integer(path + ".databaseId");
    String login = text(path + ".login");
    String type = text(path + ".__typename");
    if (id == null || login == null || login.isBlank()) {
      return null;
    }
    // REST marks the logins of bots, and both stand for the same account.
    boolean unmarked = "Bot".equals(type) && !login.endsWith(BOT_MARK);
    return new Account(id, unmarked ? login + BOT_MARK : login, type == null ? "User" : type);
  }

  private <T> @Nullable T as(Class<T> type, String path, String expected)
      throws InvalidItemException {
    Object value = byPath.get(path);
    if (value == null) {
      return null;
    }
    if (!type.isInstance(value)) {
      throw new InvalidItemException(path + " is not " + expected);
    }
    return type.cast(value);
  }

  private static <T> T required(@Nullable T value, String path) throws InvalidItemException {
    if (value == null) {
      throw new InvalidItemException(path + " is missing");
    }
    return value;
  }
}
