package dev.backfill.github.internal.transport;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The path of an Enterprise Server's API, which the configured address may lack. The website
 * answers then, and the same request is tried once under the API's path. Thread-safe.
 *
 * @see <a
 *     href="https://docs.github.com/en/enterprise-server@latest/rest/enterprise-admin#endpoint-urls">GitHub:
 *     endpoint URLs of an Enterprise Server</a>
 */
final class ApiPrefix {

  private static final Logger LOG = LoggerFactory.getLogger("dev.backfill.github");

  private enum State {
    UNKNOWN,
    NOT_NEEDED,
    ADDED
  }

  private final ApiAddress address;
  private volatile State state;

  ApiPrefix(ApiAddress address) {
    this.address = address;
    this.state = address.mayLackServerPath() ? State.UNKNOWN : State.NOT_NEEDED;
  }

  /** Returns the request to send, with the path if it is known to be needed. */
  Request applied(Request request) {
    return state == State.ADDED ? added(request) : request;
  }

  /** Returns the request to try after a response; null to keep the response. */
  @Nullable Request retry(Request request, RawResponse response) {
    if (state != State.UNKNOWN) {
      return null;
    }
    if (request.isWrite() || !isWebsite(response)) {
      if (isApi(response)) {
        state = State.NOT_NEEDED;
      }
      return null;
    }
    return added(request);
  }

  /**
   * Checks the response to {@link #retry}; returns true if it counts. Only a success proves that
   * the path exists: any server may answer with 404, a limit or a refusal. Without a proof, the
   * next web page is tried again in the same way.
   */
  boolean adopt(RawResponse response) {
    if (!isApi(response) || response.status() == 404) {
      return false;
    }
    if (response.status() < 400 && state != State.ADDED) {
      LOG.warn(
          "{} answers with web pages; its API is at {}. That address is used now. Set GITHUB_API_URL to it.",
          address,
          address + ApiAddress.SERVER_PATH);
      state = State.ADDED;
    }
    return true;
  }

  private Request added(Request request) {
    URI uri = request.uri();
    String path = uri.getRawPath();
    if (path.startsWith(ApiAddress.SERVER_PATH + "/")) {
      return request;
    }
    String prefix = request.resource() == ApiResource.GRAPHQL ? "/api" : ApiAddress.SERVER_PATH;
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return request.to(URI.create(address + prefix + path + query));
  }

  private static boolean isWebsite(RawResponse response) {
    int status = response.status();
    if (RawResponse.REDIRECTS.contains(status)) {
      return ApiAddress.place(response.header("location").replaceFirst("[?#].*", "")) == null;
    }
    return status == 406
        || status < 500
            && response.header("content-type").toLowerCase(Locale.ROOT).startsWith("text/html");
  }

  private static boolean isApi(RawResponse response) {
    return response.status() < 500
        && (response.header("content-type").contains("json")
            || RawResponse.REDIRECTS.contains(response.status()) && !isWebsite(response));
  }
}
