package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A database's address, from either of the notations that people have at hand.
 *
 * @param jdbcUrl what a JDBC driver understands
 * @param user the user, or null when the URL itself says it or there is none
 * @param password the password, or null when the URL itself says it or there is none; never shown
 *     by {@link #toString()}
 */
public record DatabaseUrl(String jdbcUrl, @Nullable String user, @Nullable String password) {

  private static final Pattern SCHEME = Pattern.compile("(?i)postgres(ql)?://(.*)");
  private static final Pattern SECRET = Pattern.compile("(?i)(password|pwd)=[^;&]*");
  private static final Set<String> WITHOUT_TLS = Set.of("disable", "allow", "prefer");
  private static final String SUPABASE_TRANSACTION_PORT = ":6543";

  /**
   * Reads an address.
   *
   * <ul>
   *   <li>{@code jdbc:...} is taken as it is.
   *   <li>{@code postgres://user:password@host:port/database?parameters}, also with {@code
   *       postgresql://}, becomes a JDBC URL. User and password may be percent-encoded. A host that
   *       is not local gets {@code sslmode=require} unless the parameters say otherwise; local are
   *       this machine and names without a dot. A Supabase host is never reached without TLS, and
   *       its transaction pooler's port 6543 gets {@code prepareThreshold=0}.
   * </ul>
   *
   * @param text the address
   * @return the address for a JDBC driver
   * @throws InvalidConfigurationException when it is neither, or forbids TLS to a Supabase host;
   *     the message does not repeat the text
   */
  public static DatabaseUrl parse(String text) {
    String url = text.strip();
    if (url.regionMatches(true, 0, "jdbc:", 0, 5) && url.length() > 5) {
      return new DatabaseUrl(url, null, null);
    }
    Matcher matcher = SCHEME.matcher(url);
    if (!matcher.matches()) {
      throw invalid("it begins with neither");
    }
    return postgres(matcher.group(2));
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
    adapt(hosts.toLowerCase(Locale.ROOT), parameters);
    return new DatabaseUrl(
        "jdbc:postgresql://" + hosts + "/" + database + query(parameters), user, password);
  }

  /**
   * The last at sign before the parameters: one in a password, or a question mark, is often not
   * encoded.
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

  /** Reads parameters, with the names that libpq and others use for those of the JDBC driver. */
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

  private static void adapt(String hosts, Map<String, String> parameters) {
    boolean supabase = false;
    boolean remote = false;
    for (String each : hosts.split(",")) {
      String host = each.replaceFirst(":\\d+$", "");
      supabase |= host.endsWith(".supabase.co") || host.endsWith(".supabase.com");
      remote |= !isLocal(host);
    }
    if (remote) {
      parameters.putIfAbsent("sslmode", "require");
    }
    String mode = parameters.getOrDefault("sslmode", "");
    if (supabase && WITHOUT_TLS.contains(mode)) {
      throw new InvalidConfigurationException(
          "The database URL asks for sslmode="
              + mode
              + " on a Supabase host, so the password could cross the internet unencrypted;"
              + " nothing was connected: leave sslmode out, or use require or verify-full.");
    }
    if (supabase && hosts.endsWith(SUPABASE_TRANSACTION_PORT)) {
      parameters.putIfAbsent("prepareThreshold", "0");
    }
  }

  /** This machine, or a name without a dot: a container or a neighbour in one's own network. */
  private static boolean isLocal(String host) {
    return host.startsWith("127.")
        || host.equals("[::1]")
        || !host.contains(".") && !host.contains(":");
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

  /** The address without its password. */
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
