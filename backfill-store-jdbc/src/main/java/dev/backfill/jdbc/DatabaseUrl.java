package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database's address, parsed from a JDBC URL or a {@code postgres://} address.
 *
 * @param jdbcUrl the URL for a JDBC driver
 * @param user the user; null if the URL itself contains it or there is none
 * @param password the password; null if the URL itself contains it or there is none; never part of
 *     {@link #toString()}
 */
public record DatabaseUrl(String jdbcUrl, @Nullable String user, @Nullable String password) {

  private static final Pattern SCHEME = Pattern.compile("(?i)postgres(ql)?://(.*)");
  private static final Pattern SECRET = Pattern.compile("(?i)(password|pwd)=[^;&]*");
  private static final String JDBC_POSTGRES = "jdbc:postgresql://";

  /**
   * Parses an address.
   *
   * <ul>
   *   <li>{@code jdbc:...} is used unchanged, unless it leads to a Supabase host.
   *   <li>{@code postgres://user:password@host:port/database?parameters}, also with {@code
   *       postgresql://}, becomes a JDBC URL. User and password may be percent-encoded.
   * </ul>
   *
   * <p>A {@code postgres://} address gets {@code sslmode=require}, with these exceptions:
   *
   * <ul>
   *   <li>Its parameters contain another value, such as {@code sslmode=disable} for a server
   *       without TLS.
   *   <li>The host is this machine: {@code localhost}, {@code 127.0.0.1}, {@code ::1}.
   *   <li>The host is a name without a dot, such as a service in a compose file. Only a private
   *       network resolves such a name.
   * </ul>
   *
   * <p>Without {@code sslmode} the driver uses TLS if the server offers it.
   *
   * <p>In both notations, a Supabase host gets {@code sslmode=require}, and a weaker value is
   * refused. Port 6543, its transaction pooler, gets {@code prepareThreshold=0}.
   *
   * @param text the address
   * @return the address for a JDBC driver
   * @throws InvalidConfigurationException if it is neither, still contains the dashboard's
   *     placeholder for the password, or would send unencrypted data to Supabase; the message does
   *     not repeat the text
   */
  public static DatabaseUrl parse(String text) {
    String url = text.strip();
    if (url.regionMatches(true, 0, "jdbc:", 0, 5) && url.length() > 5) {
      return new DatabaseUrl(jdbc(url), null, null);
    }
    Matcher matcher = SCHEME.matcher(url);
    if (!matcher.matches()) {
      throw invalid("it begins with neither jdbc: nor postgresql://");
    }
    return postgres(matcher.group(2));
  }

  /** Returns a JDBC URL, which is unchanged except for Supabase's hosts. */
  private static String jdbc(String url) {
    if (!url.startsWith(JDBC_POSTGRES)) {
      return url;
    }
    String rest = url.substring(JDBC_POSTGRES.length());
    int question = rest.indexOf('?');
    String place = question < 0 ? rest : rest.substring(0, question);
    DatabaseHosts hosts = DatabaseHosts.of(place.replaceFirst("/.*", ""));
    if (!hosts.supabase()) {
      return url;
    }
    Map<String, String> parameters = parameters(question < 0 ? "" : rest.substring(question + 1));
    requireNoPlaceholder(parameters.get("password"));
    hosts.adapt(parameters);
    return JDBC_POSTGRES + place + query(parameters);
  }

  private static DatabaseUrl postgres(String rest) {
    int at = endOfUser(rest);
    String[] credentials = at < 0 ? new String[0] : rest.substring(0, at).split(":", 2);
    String address = rest.substring(at + 1);
    int question = address.indexOf('?');
    String place = question < 0 ? address : address.substring(0, question);
    int slash = place.indexOf('/');
    String hosts = slash < 0 ? place : place.substring(0, slash);
    String database = slash < 0 ? "" : place.substring(slash + 1);
    if (hosts.isEmpty() || hosts.startsWith(":")) {
      throw invalid("it names no host");
    }
    if (hosts.startsWith("/") || hosts.regionMatches(true, 0, "%2F", 0, 3)) {
      throw invalid(
          "it names a Unix socket, which the JDBC driver cannot use; name the host localhost");
    }
    Map<String, String> parameters =
        parameters(question < 0 ? "" : address.substring(question + 1));
    String user = parameters.remove("user");
    String password = parameters.remove("password");
    if (credentials.length > 0 && !credentials[0].isEmpty()) {
      user = decode(credentials[0]);
    }
    if (credentials.length > 1) {
      password = decode(credentials[1]);
    }
    requireNoPlaceholder(password);
    DatabaseHosts.of(hosts).adapt(parameters);
    return new DatabaseUrl(
        JDBC_POSTGRES + hosts + "/" + database + query(parameters), user, password);
  }

  /**
   * Returns the index of the last at sign before the parameters. A password often contains an at
   * sign or a question mark that is not encoded.
   */
  private static int endOfUser(String rest) {
    int at = rest.lastIndexOf('@');
    int question = rest.indexOf('?');
    if (question < 0 || at < question) {
      return at;
    }
    int before = rest.lastIndexOf('@', question);
    return before >= 0 || rest.lastIndexOf('/', question) >= 0 ? before : at;
  }

  /** Parses parameters, and replaces names of libpq and others by those of the JDBC driver. */
  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        String name = decode(pair.substring(0, equals));
        String value = decode(pair.substring(equals + 1));
        switch (name) {
          case "application_name" -> parameters.put("ApplicationName", value);
          case "connect_timeout" -> parameters.put("connectTimeout", value);
          case "pgbouncer" -> {
            if (value.equals("true")) {
              parameters.putIfAbsent("prepareThreshold", "0");
            }
          }
          default -> parameters.put(name, value);
        }
      }
    }
    return parameters;
  }

  private static void requireNoPlaceholder(@Nullable String password) {
    if ("[YOUR-PASSWORD]".equals(password)) {
      throw invalid(
          "it still contains the placeholder [YOUR-PASSWORD]; put the database's password in its place, with %25 for % and %40 for @");
    }
  }

  private static String query(Map<String, String> parameters) {
    return parameters.isEmpty()
        ? ""
        : parameters.entrySet().stream()
            .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
            .collect(Collectors.joining("&", "?", ""));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // The cause would repeat a part of the text.
      throw invalid("a percent sign in it is not followed by two digits; write it as %25");
    }
  }

  private static InvalidConfigurationException invalid(String problem) {
    return new InvalidConfigurationException(
        "The database URL is not valid: "
            + problem
            + ". Use jdbc:... or postgresql://user:password@host:port/database.");
  }

  /**
   * Returns a fix for this host if the database does not answer.
   *
   * @return a sentence; null if the host has no known peculiarities
   */
  public @Nullable String advice() {
    return jdbcUrl.startsWith(JDBC_POSTGRES)
        ? DatabaseHosts.of(jdbcUrl.substring(JDBC_POSTGRES.length()).replaceFirst("[/?].*", ""))
            .advice()
        : null;
  }

  /** Returns the address without its password. */
  @Override
  public String toString() {
    return "DatabaseUrl[jdbcUrl="
        + SECRET.matcher(jdbcUrl).replaceAll("$1=***")
        + ", user="
        + user
        + ", password="
        + (password == null ? "null" : "***")
        + "]";
  }
}
