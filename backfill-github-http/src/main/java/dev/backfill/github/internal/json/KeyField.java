package dev.backfill.github.internal.json;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The field of an item that is its key within its target. Keys are texts; many are numbers.
 *
 * @param name the name of the field
 * @param isNumber true if its values are numbers
 */
public record KeyField(String name, boolean isNumber) {

  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,17}");
  private static final Pattern PLACE = Pattern.compile("page:/.*#[0-9]+", Pattern.DOTALL);

  /** Creates a field with numbers. */
  public static KeyField number(String name) {
    return new KeyField(name, true);
  }

  /** Creates a field with texts. */
  public static KeyField text(String name) {
    return new KeyField(name, false);
  }

  /**
   * Creates the key of an item without a readable one.
   *
   * @param list the path of its response
   * @param index its index in the response
   */
  static String ofPlace(String list, int index) {
    return "page:" + list + "#" + index;
  }

  /** Returns true if an item can have this key. An item without a readable one has a place's. */
  public boolean accepts(String key) {
    return isNumber
        ? NUMBER.matcher(key).matches()
        : !key.isBlank() && !PLACE.matcher(key).matches();
  }

  /** Returns the key of an item; null if it has none. */
  public @Nullable String of(Values values) throws InvalidItemException {
    if (isNumber) {
      Long number = values.integer(name);
      return number == null ? null : number.toString();
    }
    String text = values.text(name);
    return text == null || text.isBlank() ? null : text;
  }
}
