package dev.backfill.testkit.github;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The requested part of a list.
 *
 * @param number the page, from 1
 * @param size items on a page, from 1 to 100
 */
record Page(long number, int size) {

  static Page of(Map<String, String> query) {
    long size = positive(query.get("per_page"), 30);
    return new Page(positive(query.get("page"), 1), (int) Math.min(size, 100));
  }

  long from() {
    return (number - 1) * size;
  }

  /** Returns the Link header for a list; empty if one page contains all items. */
  String links(String url, Map<String, String> query, long items) {
    long last = Math.max(1, (items + size - 1) / size);
    StringJoiner links = new StringJoiner(", ");
    if (number > 1) {
      links.add(link(url, query, Math.min(number - 1, last), "prev"));
    }
    if (number < last) {
      links.add(link(url, query, number + 1, "next"));
      links.add(link(url, query, last, "last"));
    }
    if (number > 1) {
      links.add(link(url, query, 1, "first"));
    }
    return links.toString();
  }

  private static String link(String url, Map<String, String> query, long page, String relation) {
    StringBuilder link = new StringBuilder("<").append(url).append('?');
    query.forEach(
        (name, value) -> {
          if (!name.equals("page")) {
            link.append(name)
                .append('=')
                .append(URLEncoder.encode(value, StandardCharsets.UTF_8))
                .append('&');
          }
        });
    return link.append("page=")
        .append(page)
        .append(">; rel=\"")
        .append(relation)
        .append('"')
        .toString();
  }

  private static long positive(@Nullable String text, long otherwise) {
    if (text == null || !text.matches("\\d{1,9}")) {
      return otherwise;
    }
    long value = Long.parseLong(text);
    return value < 1 ? otherwise : value;
  }
}
