package dev.backfill.github.internal.transport;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hosts that are reached without a proxy: names with all their subdomains, addresses, networks
 * such as {@code 10.0.0.0/8}, each perhaps with a port, or {@code *} for all.
 *
 * @param list the entries, separated by commas or blanks
 */
record NoProxy(String list) {

  private static final Pattern LITERAL =
      Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}|[0-9a-f]*:[0-9a-f:.]*");
  private static final Pattern NETWORK = Pattern.compile("(.+)/(\\d{1,3})");
  private static final Pattern PORT = Pattern.compile("(\\[.+]|[^:]+):(\\d{1,5})");

  boolean matches(URI uri) {
    String host = withoutBrackets(uri.getHost().toLowerCase(Locale.ROOT));
    int port =
        uri.getPort() >= 0 ? uri.getPort() : uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    for (String entry : list.toLowerCase(Locale.ROOT).split("[,\\s]+")) {
      if (matches(entry, host, port)) {
        return true;
      }
    }
    return false;
  }

  private static boolean matches(String entry, String host, int port) {
    if (entry.equals("*")) {
      return true;
    }
    Matcher withPort = PORT.matcher(entry);
    if (withPort.matches()) {
      return Integer.parseInt(withPort.group(2), 10) == port && matches(withPort.group(1), host);
    }
    return matches(entry, host);
  }

  private static boolean matches(String entry, String host) {
    Matcher network = NETWORK.matcher(entry);
    if (network.matches()) {
      return contains(
          withoutBrackets(network.group(1)), Integer.parseInt(network.group(2), 10), host);
    }
    String name = withoutBrackets(entry).replaceFirst("^\\*?\\.", "");
    return !name.isEmpty() && (host.equals(name) || host.endsWith("." + name));
  }

  /**
   * Returns true if the network contains the host. Names are not looked up: the proxy could get
   * another address.
   */
  private static boolean contains(String network, int bits, String host) {
    if (!LITERAL.matcher(network).matches() || !LITERAL.matcher(host).matches()) {
      return false;
    }
    try {
      byte[] one = InetAddress.getByName(network).getAddress();
      byte[] other = InetAddress.getByName(host).getAddress();
      if (one.length != other.length || bits > one.length * 8) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }
}
