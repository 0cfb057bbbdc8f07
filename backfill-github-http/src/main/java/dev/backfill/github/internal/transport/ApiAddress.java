package dev.backfill.github.internal.transport;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import dev.backfill.api.failure.InvalidConfigurationException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.PermanentFailureException.Reason;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The API's address and the addresses that belong to it. Immutable. */
public final class ApiAddress {

  /** The path of an Enterprise Server's API. */
  static final String SERVER_PATH = "/api/v3";

  /** A repository's path, after any prefix of a server or a proxy. */
  private static final Pattern PLACE =
      Pattern.compile("/(?:repos/[^/]+/[^/]+|repositories/\\d+)(?:/.*)?");

  private static final Pattern DOTS = Pattern.compile("/(?:\\.|%2e){1,2}(?:/|$)", CASE_INSENSITIVE);

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private final URI base;

  private ApiAddress(URI base) {
    this.base = base;
  }

  /** Checks the address and drops a trailing slash. */
  public static ApiAddress of(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    // Checked first: a message must not repeat an address that contains a password.
    if (uri.getRawUserInfo() != null || String.valueOf(uri.getRawAuthority()).contains("@")) {
      throw new InvalidConfigurationException(
          "The API address contains a user name or a password. Nothing was sent. Set the address"
              + " alone, and the token as the token.");
    }
    if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
      throw invalid(uri, "it must be an http or https address with a host");
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw invalid(uri, "it must not have a query or a fragment");
    }
    if (uri.getHost().equalsIgnoreCase("github.com")) {
      throw invalid(uri, "it must not be the website");
    }
    String text = uri.toString();
    while (text.endsWith("/")) {
      text = text.substring(0, text.length() - 1);
    }
    return new ApiAddress(URI.create(text));
  }

  private static InvalidConfigurationException invalid(URI uri, String rule) {
    return new InvalidConfigurationException(
        "The API address is \""
            + uri
            + "\"; "
            + rule
            + ". Use one such as https://api.github.com or https://github.example.com/api/v3.");
  }

  /** Returns true if others can read what is sent there. */
  public boolean isReadableByOthers() {
    return base.getScheme().equalsIgnoreCase("http") && !isOnThisMachine();
  }

  /** Returns true if it is a simulation or another server on this machine. */
  public boolean isOnThisMachine() {
    return isLoopback(base.getHost());
  }

  private static boolean isLoopback(String host) {
    // By its spelling alone: a look-up could return different addresses at different times.
    return host.equalsIgnoreCase("localhost")
        || host.matches("127(\\.\\d{1,3}){3}")
        || host.equals("[::1]");
  }

  public boolean isHttps() {
    return base.getScheme().equalsIgnoreCase("https");
  }

  /** Returns an address of the API from its path and query. */
  public URI resolve(String pathAndQuery) {
    try {
      URI uri = URI.create(base + pathAndQuery);
      if (pathAndQuery.startsWith("/") && hasSameOrigin(uri)) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through to the exception below, without the cause: its message repeats the text.
    }
    throw new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "A stored position, \""
            + pathAndQuery
            + "\", is not a path of the API. Stored items stay. Read this backfill from its start"
            + " (backfill reload, ProgressStore.reload).",
        null);
  }

  /**
   * Returns the address for queries: beside the API of an Enterprise Server, within every other
   * one.
   *
   * @see <a
   *     href="https://docs.github.com/en/enterprise-server@latest/graphql/guides/forming-calls-with-graphql#the-graphql-endpoint">GitHub:
   *     the GraphQL endpoint</a>
   */
  public URI graphQl() {
    String text = base.toString();
    return URI.create(
        (text.endsWith(SERVER_PATH)
                ? text.substring(0, text.length() - SERVER_PATH.length()) + "/api"
                : text)
            + "/graphql");
  }

  /**
   * Returns the path and query of an address within the API.
   *
   * @throws PermanentFailureException if the address does not belong to the API
   */
  public String relativize(URI uri) {
    String prefix = prefix();
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    if (!hasSameOrigin(uri) || !path.startsWith(prefix + "/")) {
      throw untrusted(uri);
    }
    String rest = path.substring(prefix.length());
    if (mayLackServerPath() && rest.startsWith(SERVER_PATH + "/")) {
      rest = rest.substring(SERVER_PATH.length());
    }
    return rest + query(uri);
  }

  /**
   * Returns the path and query, within the API, of an address in a {@code Link} header. A proxy
   * that ends TLS, or has a name or a path of its own, does not change these headers. So only the
   * repository's path counts, and the request is sent to the configured address.
   *
   * @throws PermanentFailureException if the address is not the API's and contains no repository
   */
  public String linked(URI uri) {
    String place = uri.getRawUserInfo() == null ? place(uri.getRawPath()) : null;
    if (place == null) {
      if (DOTS.matcher(String.valueOf(uri.getRawPath())).find()) {
        throw untrusted(uri);
      }
      return relativize(uri);
    }
    return place + query(uri);
  }

  /**
   * Returns the address to follow a redirect to. As in {@link #linked}, the configured address
   * replaces another scheme or path prefix. It replaces another host only for a repository's
   * number, to which GitHub redirects if a repository has moved.
   *
   * @param target the target of the redirect
   * @param from the requested address
   * @throws PermanentFailureException if it leads elsewhere
   */
  public URI redirected(URI target, URI from) {
    String path = String.valueOf(target.getRawPath());
    if (hasSameOrigin(target) && path.startsWith(prefix() + "/")) {
      return target;
    }
    String place = target.getRawUserInfo() == null ? place(path) : null;
    boolean moved = place != null && place.startsWith("/repositories/");
    if (place != null && (moved || isSameHostByAnotherScheme(target) || hasSameOrigin(target))) {
      URI mapped = resolve(place + query(target));
      if (!mapped.equals(from)) {
        return mapped;
      }
    }
    if (hasSameOrigin(target)) {
      return target;
    }
    throw untrusted(target);
  }

  private boolean isSameHostByAnotherScheme(URI uri) {
    return base.getHost().equalsIgnoreCase(uri.getHost())
        && !base.getScheme().equalsIgnoreCase(uri.getScheme());
  }

  /** Returns the repository's path that a path ends with; null when it has none. */
  static @Nullable String place(@Nullable String path) {
    if (path == null || DOTS.matcher(path).find()) {
      return null;
    }
    for (int at = path.indexOf(SERVER_PATH + "/");
        at >= 0;
        at = path.indexOf(SERVER_PATH + "/", at + 1)) {
      String rest = path.substring(at + SERVER_PATH.length());
      if (PLACE.matcher(rest).matches()) {
        return rest;
      }
    }
    Matcher matcher = PLACE.matcher(path);
    return matcher.find() ? matcher.group() : null;
  }

  /** Returns true if it may be an Enterprise Server's address without the path of its API. */
  boolean mayLackServerPath() {
    String host = base.getHost().toLowerCase(Locale.ROOT);
    return prefix().isEmpty() && !host.endsWith("github.com") && !host.endsWith(".ghe.com");
  }

  private String prefix() {
    return base.getRawPath() == null ? "" : base.getRawPath();
  }

  private static String query(URI uri) {
    return uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
  }

  public PermanentFailureException untrusted(URI uri) {
    return new PermanentFailureException(
        Reason.UNTRUSTED_ADDRESS,
        "GitHub's response points to "
            + origin(uri)
            + ", which is not the API at "
            + origin(base)
            + ". Nothing was sent there, and stored items stay. Check the API address.",
        null);
  }

  /**
   * Returns the failure of an address that leads to another site before it has ever answered as an
   * API does.
   */
  public PermanentFailureException leadsAway(URI target) {
    return new PermanentFailureException(
        Reason.UNTRUSTED_ADDRESS, untrusted(target).getMessage() + " " + advice(), null);
  }

  /** Returns the failure of an address that answers with web pages. */
  public PermanentFailureException noApi(int status, String path) {
    return new PermanentFailureException(
        Reason.INCOMPATIBLE,
        "GitHub at "
            + this
            + " answers "
            + status
            + " with a web page instead of JSON for "
            + path
            + ". Stored items stay. "
            + advice(),
        null);
  }

  private String advice() {
    return base.toString().endsWith(SERVER_PATH)
        ? "Check the API address (GITHUB_API_URL), and if a login page or a proxy answers in"
            + " GitHub's place. An Enterprise Server's address ends with /api/v3."
        : "This is not the address of an API, or a login page or a proxy answers in its place."
            + " Set that of the API (GITHUB_API_URL), for an Enterprise Server "
            + origin(base)
            + SERVER_PATH
            + ".";
  }

  public boolean hasSameOrigin(URI uri) {
    return uri.getRawUserInfo() == null && origin(uri).equals(origin(base));
  }

  private static String origin(URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
    int port = uri.getPort();
    boolean normal =
        port == -1
            || (scheme.equals("https") && port == HTTPS_PORT)
            || (scheme.equals("http") && port == HTTP_PORT);
    return scheme + "://" + host + (normal ? "" : ":" + port);
  }

  @Override
  public String toString() {
    return base.toString();
  }
}
