package dev.backfill.jdbc.internal.sql;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Table names and a database's own expressions, which replace placeholders; each result is cached.
 */
public final class Tables {

  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([a-z_][a-z0-9_+]*)}");

  private final @Nullable String schema;
  private final String prefix;
  private final Map<String, String> expressions;
  private final Map<String, String> expanded = new ConcurrentHashMap<>();

  /**
   * Creates it.
   *
   * @param schema the schema, or null for the connection's
   * @param prefix the prefix of every table name; may be empty
   * @param expressions the values of placeholders that are not tables, such as {@code now}
   */
  public Tables(@Nullable String schema, String prefix, Map<String, String> expressions) {
    this.schema = schema;
    this.prefix = prefix;
    this.expressions = Map.copyOf(expressions);
  }

  /** Returns the schema, or null for the connection's. */
  public @Nullable String schema() {
    return schema;
  }

  /** Returns the prefix of every table name. */
  public String prefix() {
    return prefix;
  }

  /** Returns the schema with a dot behind it, or nothing. */
  public String qualifier() {
    return schema == null ? "" : schema + ".";
  }

  /** Returns the full name of a table. */
  public String name(String table) {
    return qualifier() + prefix + table;
  }

  /**
   * Replaces each {@code {placeholder}} by the expression of that name, or else the table.
   *
   * @param template a constant; the result is cached
   * @return the statement
   */
  public String sql(String template) {
    return expanded.computeIfAbsent(template, this::expand);
  }

  private String expand(String template) {
    return PLACEHOLDER
        .matcher(template)
        .replaceAll(
            match -> {
              String expression = expressions.get(match.group(1));
              return Matcher.quoteReplacement(
                  expression != null ? expression : name(match.group(1)));
            });
  }
}
