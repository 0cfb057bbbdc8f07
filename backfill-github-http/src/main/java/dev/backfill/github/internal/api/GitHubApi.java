package dev.backfill.github.internal.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.backfill.api.failure.BackfillException;
import dev.backfill.api.failure.PermanentFailureException;
import dev.backfill.api.failure.TransientFailureException;
import dev.backfill.api.quota.Quota;
import dev.backfill.api.time.TimeSource;
import dev.backfill.github.internal.credential.CredentialPool;
import dev.backfill.github.internal.throttle.WritePauses;
import dev.backfill.github.internal.transport.ApiAddress;
import dev.backfill.github.internal.transport.ApiResource;
import dev.backfill.github.internal.transport.BoundedBody.BodyTooLargeException;
import dev.backfill.github.internal.transport.Credentials;
import dev.backfill.github.internal.transport.ErrorBody;
import dev.backfill.github.internal.transport.ErrorTranslator;
import dev.backfill.github.internal.transport.GraphQlBody;
import dev.backfill.github.internal.transport.RawResponse;
import dev.backfill.github.internal.transport.Request;
import dev.backfill.github.internal.transport.RequestBudget;
import dev.backfill.github.internal.transport.Reserve;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The client of GitHub's REST and GraphQL APIs. It sends requests through the rate gates, follows
 * permitted redirects, and translates each unusable response into its failure. Thread-safe.
 */
public final class GitHubApi {

  static final int MAX_REDIRECTS = 5;

  private final ApiAddress address;
  private final Credentials credentials;
  private final CredentialPool pool;
  private final RequestSender sender;
  private final TimeSource time;
  private final ErrorTranslator failures;
  private final WritePauses pauses;
  private volatile boolean namesVersions;

  GitHubApi(
      ApiAddress address,
      Credentials credentials,
      CredentialPool pool,
      RequestSender sender,
      TimeSource time) {
    this.address = address;
    this.credentials = credentials;
    this.pool = pool;
    this.sender = sender;
    this.time = time;
    this.failures = new ErrorTranslator(credentials);
    this.pauses = new WritePauses(time);
  }

  public ApiAddress address() {
    return address;
  }

  /** Returns true if queries may be sent: GitHub answers none without a token. */
  public boolean answersQueries() {
    return credentials.isPresent();
  }

  /**
   * Returns the last known quota, or null if GitHub has reported none. For several principals it is
   * the sum over those that are usable and known. The sum ends with the first window in which
   * something was used.
   */
  public @Nullable Quota quota(ApiResource resource) {
    return pool.quota(resource);
  }

  /** Returns true if a request may be sent now. */
  public boolean isOpen(ApiResource resource, Reserve reserve) {
    return pool.isOpen(resource, reserve);
  }

  /**
   * Returns true if this server has sent a version ({@code ETag}) with a response, as GitHub does.
   */
  public boolean namesVersions() {
    return namesVersions;
  }

  /**
   * Adopts the limits that other processes have met for these principals. Called at the beginning
   * of a session. Sends nothing to GitHub, and never fails.
   */
  public void refreshLimits() throws InterruptedException {
    sender.refreshLimits(true);
  }

  public String redact(String text) {
    return credentials.redact(text);
  }

  /**
   * Sends a GET.
   *
   * @param path path and query within the API
   * @return a usable response; it may be empty
   * @throws BackfillException for every other response
   */
  public Response get(String path, RequestBudget budget) throws InterruptedException {
    return follow(Request.get(address.resolve(path), null), budget);
  }

  /**
   * Sends a conditional GET, which is free if the known version is still the present one.
   *
   * @param path path and query within the API
   * @param etag the known version, or null if there is none
   * @return a usable response; {@link Response#isUnchanged} if the known version still holds
   * @throws BackfillException for every other response
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate">GitHub:
   *     conditional requests</a>
   */
  public Response getIfChanged(String path, @Nullable String etag, RequestBudget budget)
      throws InterruptedException {
    return follow(Request.get(address.resolve(path), etag), budget);
  }

  private Response follow(Request first, RequestBudget budget) throws InterruptedException {
    Request request = first;
    boolean movedForGood = false;
    for (int hops = 0; hops <= MAX_REDIRECTS; hops++) {
      RawResponse raw = sender.send(request, budget).raw();
      int status = raw.status();
      if (!RawResponse.REDIRECTS.contains(status)) {
        Response response = new Response(raw, movedForGood, time.now());
        namesVersions |= response.etag() != null;
        return response;
      }
      movedForGood |= status == 301 || status == 308;
      request = request.to(redirectTarget(raw));
    }
    throw new TransientFailureException(
        "GitHub redirects "
            + address.relativize(first.uri())
            + " more than "
            + MAX_REDIRECTS
            + " times. Stored items stay. Trying again is safe.",
        null);
  }

  /**
   * Sends a query.
   *
   * @param query its text
   * @param variables its variables
   * @return the data, in whole or in part, or the overload that a smaller query may avoid
   * @throws BackfillException if there is no data and a smaller query would not change that
   */
  public GraphQlResponse query(String query, Map<String, ?> variables, RequestBudget budget)
      throws InterruptedException {
    Request request = Request.query(address.graphQl(), GraphQlBody.request(query, variables));
    RequestSender.Received received;
    try {
      received = sender.send(request, budget);
    } catch (TransientFailureException e) {
      // A response that reports too much work is handled below; this one may be about a token, too.
      if (e.getCause() != null && isOverload(e)) {
        return GraphQlResponse.overloaded(e);
      }
      throw e;
    }
    TransientFailureException overload = received.overload();
    if (overload != null) {
      return GraphQlResponse.overloaded(overload);
    }
    GraphQlBody body = received.graphQl();
    Response response = new Response(received.raw(), false, time.now());
    if (body == null) {
      return GraphQlResponse.overloaded(malformed(request.uri().getPath(), response, null));
    }
    budget.spent().add(body.cost() - 1);
    return new GraphQlResponse(
        body.data(),
        body.errors(),
        body.bytes(),
        response.requestId(),
        response.serverTime(),
        null);
  }

  /** Returns true if GitHub failed or answered too late, so that a smaller request may work. */
  public static boolean isOverload(TransientFailureException failure) {
    Throwable cause = failure.getCause();
    return cause == null
        || cause instanceof TimeoutException
        || cause instanceof BodyTooLargeException;
  }

  /**
   * Returns true if the connection ended within a response. A single case may have any cause. If it
   * repeats, a proxy may not let such a size pass.
   */
  public static boolean isBrokenOff(TransientFailureException failure) {
    Throwable cause = failure.getCause();
    return cause instanceof IOException
        && !(cause instanceof ConnectException
            || cause instanceof HttpConnectTimeoutException
            || cause instanceof SSLException);
  }

  /**
   * Creates something at GitHub. Never retried here, since GitHub may have acted although its
   * response was lost. Follows redirects within the API. Two writes of a client are at least one
   * second apart.
   *
   * @param path path and query within the API
   * @param body the JSON to send
   * @return a usable response
   * @throws BackfillException for every other response
   * @see <a
   *     href="https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests">GitHub:
   *     pausing between writes</a>
   */
  public Response post(String path, byte[] body, RequestBudget budget) throws InterruptedException {
    return write(Request.post(address.resolve(path), body), budget);
  }

  /** Changes something at GitHub, by the rules of {@link #post}. */
  public Response patch(String path, byte[] body, RequestBudget budget)
      throws InterruptedException {
    return write(Request.patch(address.resolve(path), body), budget);
  }

  private Response write(Request request, RequestBudget budget) throws InterruptedException {
    pauses.await();
    return follow(request, budget);
  }

  private URI redirectTarget(RawResponse raw) {
    String location = raw.header("location").strip();
    if (location.isEmpty()) {
      throw failures.of(raw, ErrorBody.NONE);
    }
    URI target;
    try {
      target = raw.uri().resolve(location);
    } catch (IllegalArgumentException e) {
      throw failures.of(raw, ErrorBody.NONE);
    }
    try {
      return address.redirected(target, raw.uri());
    } catch (PermanentFailureException e) {
      throw sender.isKnownApi() ? e : address.leadsAway(target);
    }
  }

  /** Creates the failure for a good status with an unusable body. */
  public TransientFailureException malformed(
      String path, Response response, @Nullable Exception cause) {
    return new TransientFailureException(
        damaged(path, response) + ". Stored items stay. Trying again is safe.", shown(cause));
  }

  /** Creates the failure as {@link #malformed} does, for a write. */
  public TransientFailureException malformedAfterWrite(
      String path, Response response, @Nullable Exception cause) {
    return new TransientFailureException(
        damaged(path, response) + ErrorTranslator.PERHAPS, shown(cause));
  }

  private static String damaged(String path, Response response) {
    return "GitHub's response for "
        + path
        + (response.isHtml() ? " is a web page instead of JSON" : " is damaged or incomplete")
        + (response.requestId().isEmpty() ? "" : " (request " + response.requestId() + ")");
  }

  /** Drops the parser's exception: its message quotes the response, which must not be logged. */
  private @Nullable Throwable shown(@Nullable Exception cause) {
    return cause instanceof JsonProcessingException ? null : credentials.shown(cause);
  }
}
