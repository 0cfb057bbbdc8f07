package dev.backfill.micrometer;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parts of a PromQL query: the time series that it selects, and the labels that it groups by.
 *
 * @param selectors the selected time series
 * @param groupings the labels after {@code by}
 */
record PromQl(List<Selector> selectors, Set<String> groupings) {

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s+|(?<word>[A-Za-z_:][\\w:]*)|(?<string>\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<range>\\[[^]]+])|(?<number>\\d+(?:\\.\\d+)?)|(?<symbol>=~|!~|!=|==|[-+*/(){},=<>])");

  private static final Set<String> AGGREGATIONS = Set.of("sum", "max", "min", "avg", "count");
  private static final Set<String> FUNCTIONS = Set.of("rate", "increase", "vector");

  /**
   * Selected time series.
   *
   * @param metric their name
   * @param matchers the value of each label, with its operator in front
   * @param function the function around it, or an empty text
   * @param overTime true if it selects a range
   */
  record Selector(String metric, Map<String, String> matchers, String function, boolean overTime) {}

  static PromQl of(String query) {
    return new Parser(tokens(query)).parse();
  }

  private static Deque<String> tokens(String query) {
    Deque<String> tokens = new ArrayDeque<>();
    Matcher matcher = TOKEN.matcher(query);
    int end = 0;
    while (matcher.find()) {
      if (matcher.start() != end) {
        break;
      }
      end = matcher.end();
      if (!matcher.group().isBlank()) {
        tokens.add(matcher.group());
      }
    }
    if (end != query.length()) {
      throw new IllegalArgumentException("not understood: " + query.substring(end));
    }
    return tokens;
  }

  private static final class Parser {

    private final Deque<String> tokens;
    private final List<Selector> selectors = new ArrayList<>();
    private final Set<String> groupings = new TreeSet<>();

    /** The functions and brackets around a token; a bracket without a function is empty. */
    private final Deque<String> around = new ArrayDeque<>();

    Parser(Deque<String> tokens) {
      this.tokens = tokens;
    }

    PromQl parse() {
      while (!tokens.isEmpty()) {
        token(tokens.remove());
      }
      if (!around.isEmpty()) {
        throw new IllegalArgumentException("a bracket is not closed");
      }
      return new PromQl(selectors, groupings);
    }

    private void token(String token) {
      if (token.equals("by")) {
        groupings.addAll(list());
      } else if (AGGREGATIONS.contains(token)) {
        if ("by".equals(tokens.peek())) {
          token(tokens.remove());
        }
        open(token);
      } else if (FUNCTIONS.contains(token)) {
        open(token);
      } else if (token.equals("(")) {
        around.push("");
      } else if (token.equals(")")) {
        around.pop();
      } else if (Character.isLetter(token.charAt(0)) && !token.equals("or")) {
        selector(token);
      }
    }

    private void open(String function) {
      expect("(");
      around.push(function);
    }

    private List<String> list() {
      expect("(");
      List<String> labels = new ArrayList<>();
      String next;
      while (!(next = tokens.remove()).equals(")")) {
        if (!next.equals(",")) {
          labels.add(next);
        }
      }
      return labels;
    }

    private void selector(String metric) {
      Map<String, String> matchers = new HashMap<>();
      if ("{".equals(tokens.peek())) {
        tokens.remove();
        String next;
        while (!(next = tokens.remove()).equals("}")) {
          if (!next.equals(",")) {
            String operator = tokens.remove();
            matchers.put(next, operator + tokens.remove().replaceAll("^\"|\"$", ""));
          }
        }
      }
      boolean overTime = !tokens.isEmpty() && tokens.peek().startsWith("[");
      if (overTime) {
        tokens.remove();
      }
      String function = around.isEmpty() ? "" : around.peek();
      selectors.add(new Selector(metric, matchers, function, overTime));
    }

    private void expect(String symbol) {
      String token = tokens.remove();
      if (!token.equals(symbol)) {
        throw new IllegalArgumentException("expected " + symbol + " and found " + token);
      }
    }
  }
}
