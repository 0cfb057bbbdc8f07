package dev.backfill.supabase.internal.http;

import dev.backfill.api.failure.InvalidConfigurationException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/** The address of a project's REST API. Only HTTPS leaves this machine. */
public final class ProjectAddress {

  private static final String REST = "/rest/v1";

  private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1", "[::1]");

  private final URI functions;
  private final String text;

  private ProjectAddress(URI functions, String text) {
    this.functions = functions;
    this.text = text;
  }

  /**
   * Reads a project's URL.
   *
   * @param url such as {@code https://PROJECT-REF.supabase.co}; {@code /rest/v1} is added if it is
   *     missing
   * @throws InvalidConfigurationException if it is no such address
   */
  public static ProjectAddress of(String url) {
    URI uri = parse(url.strip());
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = uri.getHost();
    if (host == null || !scheme.equals("https") && !scheme.equals("http")) {
      throw invalid("it is not an https:// address with a host");
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw invalid("it contains more than a scheme, a host and a path");
    }
    if (scheme.equals("http") && !THIS_MACHINE.contains(host.toLowerCase(Locale.ROOT))) {
      throw invalid(
          "http:// would send the key unencrypted to "
              + host
              + ", which is allowed on this machine only");
    }
    String path = String.valueOf(uri.getRawPath()).replaceFirst("/+$", "");
    String rest = path.endsWith(REST) ? path : path + REST;
    String origin = scheme + "://" + uri.getRawAuthority();
    return new ProjectAddress(URI.create(origin + rest + "/rpc/"), origin + path);
  }

  private static URI parse(String url) {
    try {
      return new URI(url);
    } catch (URISyntaxException e) {
      // Without the cause: the text may be a key that was pasted into the wrong variable.
      throw invalid("it is not an address");
    }
  }

  private static InvalidConfigurationException invalid(String problem) {
    return new InvalidConfigurationException(
        "The project's URL (SUPABASE_URL) is not usable: "
            + problem
            + ". Nothing was sent. Set it as the dashboard shows it, such as"
            + " https://PROJECT-REF.supabase.co.");
  }

  /** Returns true if requests are encrypted. */
  boolean isHttps() {
    return "https".equals(functions.getScheme());
  }

  /** Returns the address of a function. */
  URI function(String name) {
    return functions.resolve(name);
  }

  @Override
  public String toString() {
    return text;
  }
}
