package dev.backfill.github.internal.graphql;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The points that GitHub charges for a query. They are computed from the query's own text, so that
 * they cannot differ from the actual query.
 *
 * <p>The computation counts the fetches of each connection if every page above it is full, and
 * divides by 100. It recognises connections by their {@code first}, and ignores those in fragments.
 *
 * @see <a
 *     href="https://docs.github.com/en/graphql/overview/rate-limits-and-query-limits-for-the-graphql-api">GitHub:
 *     how a query's points are worked out</a>
 */
final class QueryCost {

  private static final double REQUESTS_A_POINT = 100;

  private static final Pattern TOKEN =
      Pattern.compile("@include\\(if:\\s*\\$(\\w+)\\)|\\(([^)]*)\\)|(\\w+)|([{}])");

  /** The dollar sign precedes the declaration of a variable of that name. */
  private static final Pattern FIRST = Pattern.compile("(?<!\\$)\\bfirst:\\s*(\\$?)(\\w+)");

  private final Map<String, ?> variables;
  private final Deque<Long> above = new ArrayDeque<>();
  private long requests;
  private long parents = 1;

  /** The attributes of the field that was read last. */
  private long pageSize;

  private boolean included = true;

  private QueryCost(Map<String, ?> variables) {
    this.variables = variables;
  }

  /**
   * Returns the points.
   *
   * @param query its text
   * @param variables its numbers and flags
   */
  static long points(String query, Map<String, ?> variables) {
    return Math.max(1, Math.round(new QueryCost(variables).requests(query) / REQUESTS_A_POINT));
  }

  private long requests(String query) {
    Matcher token = TOKEN.matcher(query);
    while (token.find()) {
      if (token.group(1) != null) {
        included = (Boolean) value(token.group(1));
      } else if (token.group(2) != null) {
        pageSize = pageSize(token.group(2));
      } else if (token.group(3) != null) {
        pageSize = 0;
        included = true;
      } else if (token.group(4).equals("{")) {
        enter();
      } else {
        parents = above.pop();
      }
    }
    return requests;
  }

  private void enter() {
    above.push(parents);
    parents = included ? parents : 0;
    if (pageSize > 0) {
      requests += parents;
      parents *= pageSize;
    }
    pageSize = 0;
    included = true;
  }

  private long pageSize(String arguments) {
    Matcher first = FIRST.matcher(arguments);
    if (!first.find()) {
      return 0;
    }
    return first.group(1).isEmpty()
        ? Long.parseLong(first.group(2))
        : ((Number) value(first.group(2))).longValue();
  }

  private Object value(String variable) {
    Object value = variables.get(variable);
    if (value == null) {
      throw new IllegalArgumentException("the variable " + variable + " has no value");
    }
    return value;
  }
}
