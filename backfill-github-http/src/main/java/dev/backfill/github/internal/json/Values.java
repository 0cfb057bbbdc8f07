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
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The kept fields of one object, read by path and type. One instance is refilled for each item of a
 * list.
 */
public final class Values {

  private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");

  /** A mark for a value that is not kept as an object itself. */
  private enum Mark {
    OBJECT,
    LIST,
    /** Kept in the array of numbers. */
    INTEGER,
    /** A number that no known field has: with a fraction, or too large. */
    NUMBER
  }

  private static final String BOT_MARK = "[bot]";

  /** The id of the account that REST calls Copilot. */
  private static final long COPILOT = 198_982_749L;

  private final FieldPlan plan;
  private final @Nullable Object[] kept;
  private final long[] numbers;
  private final RecentTexts recent = new RecentTexts();

  Values(FieldPlan plan) {
    this.plan = plan;
    this.kept = new @Nullable Object[plan.size()];
    this.numbers = new long[plan.size()];
  }

  /** Clears the values and reads the object whose start the parser is at, to its end. */
  Values read(JsonParser parser) throws IOException {
    Arrays.fill(kept, null);
    collect(parser, plan);
    return this;
  }

  /** Returns the kept fields of an object that was parsed before. */
  public static Values of(JsonNode object, FieldPlan plan) {
    Values values = new Values(plan);
    values.collect(object, plan);
    return values;
  }

  private void collect(JsonNode object, FieldPlan within) {
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      FieldPlan.Field field = within.named(entry.getKey());
      JsonNode value = entry.getValue();
      if (field == null || value.isNull()) {
        continue;
      }
      kept[field.index()] = kept(value, field);
      if (value.isObject() && field.within() != null) {
        collect(value, field.within());
      }
    }
  }

  private Object kept(JsonNode value, FieldPlan.Field field) {
    if (value.isTextual()) {
      return value.textValue();
    }
    if (value.isBoolean()) {
      return value.booleanValue();
    }
    if (value.isIntegralNumber() && value.canConvertToLong()) {
      numbers[field.index()] = value.longValue();
      return Mark.INTEGER;
    }
    return value.isObject() ? Mark.OBJECT : value.isArray() ? Mark.LIST : Mark.NUMBER;
  }

  private void collect(JsonParser parser, FieldPlan within) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      FieldPlan.Field field = within.named(parser.currentName());
      JsonToken token = parser.nextToken();
      if (field == null) {
        parser.skipChildren();
      } else {
        kept[field.index()] = kept(parser, token, field);
        if (token == JsonToken.START_OBJECT && field.within() != null) {
          collect(parser, field.within());
        } else {
          parser.skipChildren();
        }
      }
    }
  }

  private @Nullable Object kept(JsonParser parser, JsonToken token, FieldPlan.Field field)
      throws IOException {
    return switch (token) {
      case VALUE_STRING -> text(parser, field);
      case VALUE_TRUE -> Boolean.TRUE;
      case VALUE_FALSE -> Boolean.FALSE;
      case VALUE_NUMBER_INT -> integer(parser, field);
      case VALUE_NUMBER_FLOAT -> Mark.NUMBER;
      case START_OBJECT -> Mark.OBJECT;
      case START_ARRAY -> Mark.LIST;
      default -> null;
    };
  }

  private Object text(JsonParser parser, FieldPlan.Field field) throws IOException {
    if (field.kind() == FieldPlan.Kind.ANY) {
      return parser.getText();
    }
    char[] text = parser.getTextCharacters();
    int offset = parser.getTextOffset();
    int length = parser.getTextLength();
    if (field.kind() == FieldPlan.Kind.REPEATED) {
      return recent.text(text, offset, length);
    }
    Instant time = UtcTime.read(text, offset, length);
    return time == null ? new String(text, offset, length) : time;
  }

  private Mark integer(JsonParser parser, FieldPlan.Field field) throws IOException {
    try {
      numbers[field.index()] = parser.getLongValue();
      return Mark.INTEGER;
    } catch (InputCoercionException e) {
      return Mark.NUMBER;
    }
  }

  public @Nullable String text(String path) throws InvalidItemException {
    return text(plan.at(path));
  }

  /** Returns the text of a field of the plan. */
  @Nullable String text(FieldPlan.Field field) throws InvalidItemException {
    Object value = kept[field.index()];
    if (value == null) {
      return null;
    }
    if (value instanceof String text) {
      return CleanText.of(text);
    }
    if (value instanceof Instant time) {
      return time.toString();
    }
    throw new InvalidItemException(field.path() + " is not a text");
  }

  public String requiredText(String path) throws InvalidItemException {
    return requiredText(plan.at(path));
  }

  String requiredText(FieldPlan.Field field) throws InvalidItemException {
    return required(text(field), field.path());
  }

  public String textOrEmpty(String path) throws InvalidItemException {
    return textOrEmpty(plan.at(path));
  }

  String textOrEmpty(FieldPlan.Field field) throws InvalidItemException {
    String text = text(field);
    return text == null ? "" : text;
  }

  public @Nullable Long integer(String path) throws InvalidItemException {
    FieldPlan.Field field = plan.at(path);
    return hasInteger(field) ? (Long) numbers[field.index()] : null;
  }

  private boolean hasInteger(FieldPlan.Field field) throws InvalidItemException {
    Object value = kept[field.index()];
    if (value != null && value != Mark.INTEGER) {
      throw new InvalidItemException(field.path() + " is not a whole number of 64 bits");
    }
    return value != null;
  }

  /**
   * Returns a number that may be written as a text, since it may have more bits than a JSON number.
   */
  public long requiredBigInteger(String path) throws InvalidItemException {
    if (!(kept[plan.at(path).index()] instanceof String text)) {
      return requiredInteger(path);
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new InvalidItemException(path + " is not a whole number of 64 bits");
    }
  }

  public long requiredInteger(String path) throws InvalidItemException {
    return requiredInteger(plan.at(path));
  }

  long requiredInteger(FieldPlan.Field field) throws InvalidItemException {
    if (!hasInteger(field)) {
      throw new InvalidItemException(field.path() + " is missing");
    }
    return numbers[field.index()];
  }

  /** Returns a number such as a pull request's: positive and of 32 bits. */
  public int requiredNumber(String path) throws InvalidItemException {
    return requiredNumber(plan.at(path));
  }

  int requiredNumber(FieldPlan.Field field) throws InvalidItemException {
    return bounded(field, 1);
  }

  /**
   * Returns a required count. An impossible one, such as a negative number, a fraction or a text,
   * invalidates only itself.
   *
   * @return the count, or null for anything that is not a count of 32 bits
   */
  public @Nullable Integer count(String path) throws InvalidItemException {
    FieldPlan.Field field = plan.at(path);
    Object value = kept[field.index()];
    if (value == null) {
      throw new InvalidItemException(field.path() + " is missing");
    }
    long number = value == Mark.INTEGER ? numbers[field.index()] : -1;
    return number < 0 || number > Integer.MAX_VALUE ? null : (Integer) (int) number;
  }

  /** Returns the id of a referenced object; null if it is absent or impossible. */
  public @Nullable Long id(String path) {
    FieldPlan.Field field = plan.at(path);
    return isId(field) ? (Long) numbers[field.index()] : null;
  }

  /** Returns true for a number, even an impossible one; anything else is not an account's. */
  private boolean isNumber(FieldPlan.Field field) throws InvalidItemException {
    return kept[field.index()] == Mark.NUMBER || hasInteger(field);
  }

  private boolean isId(FieldPlan.Field field) {
    return kept[field.index()] == Mark.INTEGER && numbers[field.index()] >= 0;
  }

  private int bounded(FieldPlan.Field field, int min) throws InvalidItemException {
    long value = requiredInteger(field);
    if (value < min || value > Integer.MAX_VALUE) {
      throw new InvalidItemException(field.path() + " is " + value + ", which is out of range");
    }
    return (int) value;
  }

  /** Returns true if a field is present and false. */
  boolean isFalse(String path) {
    return Boolean.FALSE.equals(kept[plan.at(path).index()]);
  }

  public boolean flag(String path) throws InvalidItemException {
    return flag(plan.at(path));
  }

  boolean flag(FieldPlan.Field field) throws InvalidItemException {
    Object value = kept[field.index()];
    if (value != null && !(value instanceof Boolean)) {
      throw new InvalidItemException(field.path() + " is not true or false");
    }
    return Boolean.TRUE.equals(value);
  }

  public @Nullable Instant time(String path) throws InvalidItemException {
    return time(plan.at(path));
  }

  @Nullable Instant time(FieldPlan.Field field) throws InvalidItemException {
    if (kept[field.index()] instanceof Instant time) {
      return time;
    }
    return parsed(field);
  }

  /** Parses a time that has not the usual form. */
  private @Nullable Instant parsed(FieldPlan.Field field) throws InvalidItemException {
    String text = text(field);
    if (text == null) {
      return null;
    }
    try {
      Instant time = OffsetDateTime.parse(text).toInstant();
      if (!time.isBefore(EARLIEST) && !time.isAfter(LATEST)) {
        return time;
      }
    } catch (DateTimeException e) {
      // Falls through to the exception below.
    }
    throw new InvalidItemException(field.path() + " is not a time that can be stored");
  }

  public Instant requiredTime(String path) throws InvalidItemException {
    return requiredTime(plan.at(path));
  }

  Instant requiredTime(FieldPlan.Field field) throws InvalidItemException {
    return required(time(field), field.path());
  }

  /**
   * Returns an account; null if the field is null or absent, or contains neither number nor name.
   */
  public @Nullable Account account(String path) throws InvalidItemException {
    return account(plan.at(path));
  }

  @Nullable Account account(FieldPlan.Field field) throws InvalidItemException {
    Object value = kept[field.index()];
    if (value == null) {
      return null;
    }
    if (value != Mark.OBJECT) {
      throw new InvalidItemException(field.path() + " is not an object");
    }
    FieldPlan.Field id = part(field, "id");
    boolean numbered = isNumber(id) && isId(id);
    String login = text(part(field, "login"));
    if (!numbered || login == null || login.isBlank()) {
      return null;
    }
    String type = text(part(field, "type"));
    return recent.account(
        numbers[id.index()], login, type == null || type.isBlank() ? "User" : type);
  }

  /** Returns the account of a GraphQL actor; null if the account was deleted. */
  public @Nullable Account actor(String path) throws InvalidItemException {
    FieldPlan.Field field = plan.at(path);
    FieldPlan.Field id = part(field, "databaseId");
    boolean numbered = isNumber(id) && isId(id);
    String login = text(part(field, "login"));
    String type = text(part(field, "__typename"));
    if (!numbered || login == null || login.isBlank()) {
      return null;
    }
    return recent.account(
        numbers[id.index()],
        "Bot".equals(type) ? botLogin(numbers[id.index()], login) : login,
        type == null ? "User" : type);
  }

  /** Adds REST's suffix for bots, except for Copilot; each login stands for the same account. */
  private static String botLogin(long id, String login) {
    if (id == COPILOT && (login.equals("copilot-swe-agent") || login.equals("Copilot"))) {
      return "Copilot";
    }
    return login.endsWith(BOT_MARK) ? login : login + BOT_MARK;
  }

  private static FieldPlan.Field part(FieldPlan.Field field, String name) {
    return Objects.requireNonNull(Objects.requireNonNull(field.within()).named(name));
  }

  private static <T> T required(@Nullable T value, String path) throws InvalidItemException {
    if (value == null) {
      throw new InvalidItemException(path + " is missing");
    }
    return value;
  }
}
