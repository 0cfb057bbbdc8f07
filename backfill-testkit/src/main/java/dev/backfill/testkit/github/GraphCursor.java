package dev.backfill.testkit.github;

import graphql.schema.DataFetchingEnvironment;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in an ordered list, which stays valid while items are added and deleted.
 *
 * @param order the ordering that it belongs to, of letters, digits and underscores
 * @param key the sort key of the item
 * @param position the position of the item, which decides between equal keys
 */
record GraphCursor(String order, long key, long position) {

  private static final Pattern TEXT = Pattern.compile("cursor:v2:(\\w+):(\\d{1,18}):(\\d{1,9})");

  String text() {
    String plain = "cursor:v2:" + order + ":" + key + ":" + position;
    return Base64.getEncoder().encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
  }

  /** Returns the begin or end of a page; null if the argument is absent. */
  static @Nullable GraphCursor argument(DataFetchingEnvironment query, String name, String order)
      throws GraphConnection.BrokenNodeException {
    String text = query.getArgument(name);
    if (text == null) {
      return null;
    }
    GraphCursor cursor = parse(text);
    if (cursor == null || !cursor.order.equals(order)) {
      throw new GraphConnection.BrokenNodeException(
          GraphError.of(
              "INVALID_CURSOR_ARGUMENTS", "`" + text + "` does not appear to be a valid cursor."));
    }
    return cursor;
  }

  private static @Nullable GraphCursor parse(String text) {
    try {
      String plain = new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII);
      Matcher matcher = TEXT.matcher(plain);
      return matcher.matches()
          ? new GraphCursor(
              matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3)))
          : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
