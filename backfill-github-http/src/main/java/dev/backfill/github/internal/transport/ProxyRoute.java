package dev.backfill.github.internal.transport;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The proxy between the client and the API. The JVM's properties, or a selector that the host has
 * installed, take precedence over the environment. Immutable.
 */
public final class ProxyRoute {

  private static final String TUNNELING = "jdk.http.auth.tunneling.disabledSchemes";
  private static final int DEFAULT_PORT = 80;

  /**
   * Scheme, user with password, host, port; a password may contain characters that should be
   * encoded.
   */
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(?:(.*)@)?(\\[[0-9A-Fa-f:.]+]|[^\\s/:@?#]+)(?::(\\d{1,5}))?/?");

  private final @Nullable InetSocketAddress proxy;
  private final boolean ofTheJvm;
  private final @Nullable String authorization;

  private ProxyRoute(
      @Nullable InetSocketAddress proxy, boolean ofTheJvm, @Nullable String authorization) {
    this.proxy = proxy;
    this.ofTheJvm = ofTheJvm;
    this.authorization = authorization;
  }

  /**
   * Finds the proxy for an API.
   *
   * @param variables the environment, with names in upper or lower case; lower case has precedence
   * @throws InvalidConfigurationException if a variable contains a proxy that cannot be used
   */
  public static ProxyRoute of(ApiAddress address, Map<String, String> variables) {
    return of(
        URI.create(address.toString()),
        variables,
        name -> System.getProperty(name, ""),
        ProxySelector.getDefault());
  }

  static ProxyRoute of(
      URI api,
      Map<String, String> variables,
      UnaryOperator<String> properties,
      @Nullable ProxySelector jvm) {
    String scheme = api.getScheme().toLowerCase(Locale.ROOT);
    if (jvm != null) {
      List<Proxy> proxies = jvm.select(api);
      if (!proxies.isEmpty()
          && proxies.get(0).type() == Proxy.Type.HTTP
          && proxies.get(0).address() instanceof InetSocketAddress chosen) {
        return new ProxyRoute(chosen, true, credentials(scheme, properties));
      }
      if (isChosen(jvm, scheme, properties)) {
        return new ProxyRoute(null, true, null);
      }
    }
    String name = scheme + "_proxy";
    String value = variable(variables, name);
    if (value.isEmpty()) {
      name = "all_proxy";
      value = variable(variables, name);
    }
    if (value.isEmpty() || new NoProxy(variable(variables, "no_proxy")).matches(api)) {
      return new ProxyRoute(null, true, null);
    }
    return parse(name.toUpperCase(Locale.ROOT), value);
  }

  /**
   * Returns true if a selector of the host, or properties, have chosen the way, which may be no
   * proxy.
   */
  private static boolean isChosen(
      ProxySelector jvm, String scheme, UnaryOperator<String> properties) {
    return !jvm.getClass().getName().startsWith("sun.net.")
        || !properties.apply(scheme + ".proxyHost").isEmpty()
        || !properties.apply("socksProxyHost").isEmpty();
  }

  private static @Nullable String credentials(String scheme, UnaryOperator<String> properties) {
    String user = properties.apply(scheme + ".proxyUser");
    return user.isEmpty() ? null : basic(user, properties.apply(scheme + ".proxyPassword"));
  }

  private static String variable(Map<String, String> variables, String name) {
    String lower = variables.getOrDefault(name, "").strip();
    return lower.isEmpty()
        ? variables.getOrDefault(name.toUpperCase(Locale.ROOT), "").strip()
        : lower;
  }

  private static ProxyRoute parse(String name, String value) {
    Matcher matcher = ADDRESS.matcher(value);
    if (!matcher.matches()) {
      throw invalid(name, "is not the address of a proxy");
    }
    String scheme = matcher.group(1) == null ? "http" : matcher.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http")) {
      throw invalid(name, "names a proxy by " + scheme + "://, which this client cannot use");
    }
    int port = matcher.group(4) == null ? DEFAULT_PORT : Integer.parseInt(matcher.group(4), 10);
    if (port < 1 || port > 65_535) {
      throw invalid(name, "names a port that no proxy has");
    }
    String host = matcher.group(3).replace("[", "").replace("]", "");
    return new ProxyRoute(
        InetSocketAddress.createUnresolved(host, port),
        false,
        authorization(name, matcher.group(2)));
  }

  private static @Nullable String authorization(String name, @Nullable String login) {
    if (login == null || login.isEmpty()) {
      return null;
    }
    int colon = login.indexOf(':');
    return colon < 0
        ? basic(decode(name, login), "")
        : basic(decode(name, login.substring(0, colon)), decode(name, login.substring(colon + 1)));
  }

  private static String basic(String user, String password) {
    byte[] login = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(login);
  }

  private static String decode(String name, String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the cause, which would repeat a part of the password.
      throw invalid(name, "has a percent sign without two digits, which is written as %25");
    }
  }

  private static InvalidConfigurationException invalid(String name, String problem) {
    return new InvalidConfigurationException(
        "The environment variable %s %s. Nothing was sent. Set it to http://user:password@host:port, or name the API's host in NO_PROXY."
            .formatted(name, problem));
  }

  /** Sets the proxy of the JVM's client; the JVM's own proxy is already set. */
  void configure(HttpClient.Builder builder) {
    if (!ofTheJvm) {
      builder.proxy(ProxySelector.of(proxy));
    }
  }

  /**
   * Builds the client. The JVM's client never sends a password to a proxy for a TLS connection
   * unless a property allows it when the first client of the JVM is built.
   */
  HttpClient build(HttpClient.Builder builder) {
    if (authorization == null) {
      return builder.build();
    }
    synchronized (ProxyRoute.class) {
      boolean open = System.getProperty(TUNNELING) != null;
      if (!open) {
        System.setProperty(TUNNELING, "");
      }
      try {
        return builder.build();
      } finally {
        if (!open) {
          System.clearProperty(TUNNELING);
        }
      }
    }
  }

  /** Returns the value of {@code Proxy-Authorization}, or null for none. */
  @Nullable String authorization() {
    return authorization;
  }

  /** Returns the way for messages: empty without a proxy, and never with a password. */
  @Override
  public String toString() {
    return proxy == null
        ? ""
        : " through the proxy " + proxy.getHostString() + ":" + proxy.getPort();
  }
}
