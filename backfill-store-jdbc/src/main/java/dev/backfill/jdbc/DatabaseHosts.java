package dev.backfill.jdbc;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a PostgreSQL address, with their requirements for a connection.
 *
 * @param hosts each with its port, as in {@code db.example.com:5432}; lower case, at least one
 */
record DatabaseHosts(List<String> hosts) {

  private static final String TLS = "sslmode";
  private static final Set<String> ENCRYPTED = Set.of("require", "verify-ca", "verify-full");

  private static final Pattern PORT = Pattern.compile(":\\d*$");
  private static final Pattern LOOPBACK =
      Pattern.compile("(.+\\.)?localhost|127(\\.\\d{1,3}){3}|\\[::1]");
  private static final Pattern DIRECT = Pattern.compile("db\\.[^.]+\\.supabase\\.co");
  private static final String POOLER = ".pooler.supabase.com";
  private static final String TRANSACTION_PORT = ":6543";

  /** Parses the part of an address between user and database: one host, or several with commas. */
  static DatabaseHosts of(String text) {
    return new DatabaseHosts(List.of(text.toLowerCase(Locale.ROOT).split(",")));
  }

  /**
   * Adds the parameters that the hosts need and that are absent.
   *
   * <p>A name without a dot, such as that of a service in a compose file, resolves in a private
   * network only. For such a name and for this machine the driver uses TLS if the server offers it.
   * Every other host must use TLS, unless {@code sslmode} has another value. Supabase's hosts must
   * in any case.
   */
  void adapt(Map<String, String> parameters) {
    if (hosts.stream().anyMatch(DatabaseHosts::isSupabase)) {
      String mode = parameters.get(TLS);
      if (mode != null && !ENCRYPTED.contains(mode.toLowerCase(Locale.ROOT))) {
        throw new InvalidConfigurationException(
            "The database URL is not valid: its sslmode would send the password and all data unencrypted to Supabase."
                + " Nothing was sent. Remove sslmode, or set it to require, verify-ca or verify-full.");
      }
      if (hosts.stream().anyMatch(host -> host.endsWith(TRANSACTION_PORT))) {
        parameters.putIfAbsent("prepareThreshold", "0");
      }
    }
    if (!hosts.stream().allMatch(DatabaseHosts::isPrivate) && !verifies(parameters)) {
      parameters.putIfAbsent(TLS, "require");
    }
  }

  /**
   * Returns true if {@code ssl=true}; for the driver this is stricter than {@code sslmode=require}.
   */
  private static boolean verifies(Map<String, String> parameters) {
    return "true".equals(parameters.get("ssl")) || "".equals(parameters.get("ssl"));
  }

  /** Returns true if one of the hosts is Supabase's. */
  boolean supabase() {
    return hosts.stream().anyMatch(DatabaseHosts::isSupabase);
  }

  /** Returns a sentence with a fix for a user if no host answers; null if the hosts need none. */
  @Nullable String advice() {
    String first = hosts.get(0);
    if (DIRECT.matcher(name(first)).matches() && !first.endsWith(TRANSACTION_PORT)) {
      return "Supabase's direct connection has only an IPv6 address, unless the project bought an"
          + " IPv4 one. Without IPv6, use the session pooler's string, which the dashboard shows"
          + " behind Connect.";
    }
    if (name(first).endsWith(POOLER)) {
      return "At Supabase's pooler the user is postgres.PROJECT-REF, and a paused project does not"
          + " answer. The dashboard shows the whole string behind Connect.";
    }
    return null;
  }

  private static boolean isSupabase(String host) {
    String name = name(host);
    return name.endsWith(".supabase.co") || name.endsWith(".supabase.com");
  }

  private static boolean isPrivate(String host) {
    String name = name(host);
    return LOOPBACK.matcher(name).matches() || !name.contains(".") && !name.startsWith("[");
  }

  /** Returns a host without its port, and without the dot that ends a complete name. */
  private static String name(String host) {
    return PORT.matcher(host).replaceFirst("").replaceFirst("\\.$", "");
  }
}
